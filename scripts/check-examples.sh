#!/usr/bin/env bash
# Runs what the README and the help text say can be run, on a small cluster over loopback TCP.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${MESETA_BIN:-$PWD/.build/debug}
port=${MESETA_CHECK_PORT:-5962}
work=$(mktemp -d "${TMPDIR:-/tmp}/meseta-check.XXXXXX")
pids=()

finish() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if ((status == 0)); then rm -rf "$work"; else echo "check-examples: FAILED; logs are in $work" >&2; fi
  exit "$status"
}
trap finish EXIT
trap "exit 130" INT
trap "exit 143" TERM

fail() { echo "check-examples: $*" >&2; exit 1; }
meseta() { timeout 60 "$bin/meseta" "$@" --master "127.0.0.1:$port"; }

echo "check-examples: the demo, recorded and replayed, with an agent and the master killed"
MESETA_BIN=$bin scripts/demo.sh --tasks 150 --restart-master --record

echo "check-examples: a master and an agent of the examples"
"$bin/ExampleMaster" "$port" 0 2>"$work/master.log" &
pids+=($!)
"$bin/ExampleAgent" "$port" "cpus:2;mem:1024" 2>"$work/agent.log" &
first=$!
pids+=("$first")
end=$((SECONDS + 60))
until meseta agents --json 2>/dev/null | grep -q '"active"'; do
  ((SECONDS < end)) || fail "the agent did not register"
  sleep 0.2
done
meseta agents

[[ $(meseta run 'echo hello') == hello ]] || fail "the output of a task is not shown"
status=0
meseta run 'exit 3' 2>/dev/null || status=$?
((status == 3)) || fail "the exit status of a task is not that of run, but $status"
[[ $(meseta run --count 5 'echo $MESOS_TASK_ID' 2>/dev/null | wc -l) == 5 ]] || fail "five tasks do not write five lines"

echo "check-examples: Ctrl-C ends what runs"
# The shell would have it ignore the signal in the background.
env --default-signal=INT "$bin/meseta" run --master "127.0.0.1:$port" 'echo begun; exec sleep 600' >"$work/interrupted" 2>&1 &
run=$!
pids+=("$run")
end=$((SECONDS + 60))
until grep -q begun "$work/interrupted"; do
  ((SECONDS < end)) || fail "the output of a task that runs is not shown"
  sleep 0.2
done
kill -INT "$run"
status=0
wait "$run" || status=$?
((status == 130)) || fail "run ends with $status after Ctrl-C"
meseta tasks --json | grep -q TASK_RUNNING && fail "a task goes on after Ctrl-C"

meseta tasks --all --json | grep -q TASK_FINISHED || fail "the tasks are not listed"
meseta frameworks | grep -q completed || fail "the frameworks are not listed"

echo "check-examples: Ctrl-C kills the tasks of a run"
"$bin/meseta" run --master "127.0.0.1:$port" --count 3 'echo started; sleep 98.7654' >"$work/run.out" 2>"$work/run.err" &
run=$!
pids+=("$run")
end=$((SECONDS + 60))
until (($(grep -c started "$work/run.out") == 3)); do
  ((SECONDS < end)) || fail "what running tasks write is not shown while they run"
  sleep 0.2
done
kill -INT "$run"
status=0
wait "$run" || status=$?
((status == 130)) || fail "the exit status after Ctrl-C is $status, not 130"
grep -q '3 cancelled' "$work/run.err" || fail "the summary after Ctrl-C does not tell the cancelled tasks"
end=$((SECONDS + 30))
while pgrep -f 'sleep 98.7654' >/dev/null; do
  ((SECONDS < end)) || fail "a task goes on after Ctrl-C"
  sleep 0.2
done

echo "check-examples: a file of jobs"
timeout 120 "$bin/BatchFramework" Examples/BatchFramework/jobs.jsonl "127.0.0.1:$port" | tee "$work/jobs"
grep -q '5 of 5 tasks finished' "$work/jobs" || fail "the jobs of the example do not all finish"

echo "check-examples: the custom executor"
timeout 120 "$bin/CustomExecutor" "127.0.0.1:$port" 4 | tee "$work/primes"
grep -q 'primes in all: 4203' "$work/primes" || fail "the primes below 40000 are 4203"

echo "check-examples: a volume outlives the tasks that use it and its agent"
# It would do as well: it has the disk of the machine.
kill "$first"
wait "$first" || true
"$bin/ExampleAgent" "$port" "cpus:1;mem:256;disk:64" "$work/volumes" 2>"$work/volumes.log" &
keeper=$!
pids+=("$keeper")
timeout 60 "$bin/VolumeFramework" write "127.0.0.1:$port" "dear diary" | grep -q '^done$' || fail "no volume is written to"
kill -KILL "$keeper"
wait "$keeper" 2>/dev/null || true
"$bin/ExampleAgent" "$port" "cpus:1;mem:256;disk:64" "$work/volumes" 2>>"$work/volumes.log" &
keeper=$!
pids+=("$keeper")
timeout 60 "$bin/VolumeFramework" read "127.0.0.1:$port" | grep -q '^done$' || fail "no volume is read"
grep -q "dear diary" "$work"/volumes/slaves/*/frameworks/*/executors/*/runs/*/stdout || fail "the volume is empty"
timeout 60 "$bin/VolumeFramework" forget "127.0.0.1:$port" | grep -q '^forgotten$' || fail "a volume is not destroyed"
[[ ! -e "$work/volumes/volumes/roles/diary/diary" ]] || fail "the directory of a destroyed volume is still there"
kill "$keeper"

echo "check-examples: a registry is kept, exported and brought back"
registry_port=$((port + 1))
registry_master() {
  "$bin/meseta" master --ip 127.0.0.1 --port 0 --native_port "$registry_port" --work_dir "$1" 2>>"$work/registry.log" &
  keeper=$!
  pids+=("$keeper")
  local end=$((SECONDS + 60))
  until timeout 10 "$bin/meseta" weights --master "127.0.0.1:$registry_port" >"$work/weights" 2>/dev/null; do
    ((SECONDS < end)) || fail "a master with a registry does not answer"
    sleep 0.1
  done
}
registry_master "$work/registry"
timeout 60 "$bin/meseta" weights set eng=3 --master "127.0.0.1:$registry_port" >/dev/null || fail "a weight cannot be set"
kill -KILL "$keeper"
wait "$keeper" 2>/dev/null || true
"$bin/meseta" registry show --work_dir "$work/registry"
"$bin/meseta" registry check --work_dir "$work/registry" | grep -q "is whole: .* 1 weights" || fail "the registry has no weight"
"$bin/meseta" registry export --work_dir "$work/registry" >"$work/registry.json"
mkdir "$work/registry/old"
mv "$work"/registry/registry.sqlite* "$work/registry/old"
"$bin/meseta" registry import "$work/registry.json" --work_dir "$work/registry"
registry_master "$work/registry"
grep -q "eng  *3" "$work/weights" || fail "the weight did not come back"
kill "$keeper"

echo "check-examples: the embedded cluster"
timeout 120 "$bin/EmbeddedCluster" | tee "$work/embedded"
(($(grep -c finished "$work/embedded") == 20)) || fail "not all 20 jobs of the embedded cluster finished"

echo "check-examples: why a framework gets no offers"
MESETA_BIN=$bin scripts/explain.sh

echo "check-examples: errors and help"
("$bin/meseta" agent --master 10.0.0.1:5O50 2>&1 || true) | grep -q 'did you mean 5050?' ||
  fail "a typing error is not explained"
("$bin/meseta" agnet --master x 2>&1 || true) | grep -q 'did you mean "agent"?' ||
  fail "a mistyped subcommand is not explained"
for command in "" master agent run tasks agents frameworks roles quota "quota set" weights "weights set" explain registry "registry import"; do
  # shellcheck disable=SC2086
  "$bin/meseta" $command --help >/dev/null || fail "meseta $command --help fails"
done
"$bin/meseta" --generate-completion-script bash >/dev/null || fail "there is no shell completion"
echo "check-examples: all well"
