#!/usr/bin/env bash
# The main job on real input: a master, three agents and the batch framework as five processes over loopback TCP run
# sha256sum of real files; one agent is killed with SIGKILL in the middle; every digest is compared in the end.
#
#   TASKS=1000        how many files
#   RESTART_MASTER=1  kill the master with SIGKILL as well, and start it again on the same port
set -euo pipefail
cd "$(dirname "$0")/.."

tasks=${TASKS:-1000}
bin=${MESETA_BIN:-$PWD/.build/release}
port=${MESETA_DEMO_PORT:-5952}
work=$(mktemp -d "${TMPDIR:-/tmp}/meseta-demo.XXXXXX")
pids=()

finish() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if ((status == 0)); then rm -rf "$work"; else echo "demo: FAILED; logs are in $work" >&2; fi
  exit "$status"
}
trap finish EXIT
trap "exit 130" INT
trap "exit 143" TERM

start_master() {
  "$bin/meseta" master --ip 127.0.0.1 --native_port "$port" --allocation_interval 100ms \
    --agent_ping_timeout 500ms --max_agent_ping_timeouts 4 --agent_reregister_timeout 10secs >>"$work/master.log" 2>&1 &
  master=$!
  pids+=("$master")
}

start_agent() {
  "$bin/meseta" agent --master "127.0.0.1:$port" --ip 127.0.0.1 --native_port 0 --hostname "node$1" \
    --work_dir "$work/agent$1" --resources "cpus:2;mem:2048;disk:1024" --attributes "rack:r$1" \
    --registration_backoff_factor 100ms >"$work/agent$1.log" 2>&1 &
  agents[$1]=$!
  pids+=("${agents[$1]}")
}

agent_count() { "$bin/meseta" agents --master "127.0.0.1:$port" --json 2>/dev/null | grep -c '"active"' || true; }

wait_for() {  # wait_for SECONDS WHAT COMMAND...: until the command succeeds
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < end)) || { echo "demo: gave up waiting for $what" >&2; return 1; }
    sleep 0.1
  done
}

# SIGKILL, without the shell's report of it.
kill_hard() { { kill -9 "$1" && wait "$1"; } 2>/dev/null || true; }

results() { find "$work/results" -name '*.sum' | wc -l; }

echo "demo: looking for $tasks files under /usr"
mkdir -p "$work/results"
find /usr -xdev -type f -readable -size -1000k -name '[A-Za-z0-9]*' 2>/dev/null | grep -v "['\"\\\\ ]" |
  sort | awk -v n="$tasks" '{ line[NR] = $0 } END { step = NR / n; for (i = 0; i < n && i < NR; i++) print line[int(i * step) + 1] }' \
  >"$work/files"
tasks=$(wc -l <"$work/files")
awk -v out="$work/results" '{
  printf "{\"name\": \"sum-%d\", \"command\": \"sha256sum %s > %s/%d.part && mv %s/%d.part %s/%d.sum\", \"resources\": \"cpus:0.25;mem:32\", \"retries\": 5}\n",
    NR, $0, out, NR, out, NR, out, NR }' "$work/files" >"$work/jobs"

declare -a agents=()
start_master
for i in 1 2 3; do start_agent "$i"; done
three_agents() { (($(agent_count) == 3)); }
wait_for 60 "three agents" three_agents
"$bin/meseta" agents --master "127.0.0.1:$port"

echo "demo: running $tasks tasks"
"$bin/BatchFramework" "$work/jobs" "127.0.0.1:$port" >"$work/batch.log" 2>"$work/batch.err" &
batch=$!
pids+=("$batch")

third() { (($(results) >= tasks / 3)) || ! kill -0 "$batch" 2>/dev/null; }
wait_for 300 "a third of the tasks" third
echo "demo: $(results) tasks are done: killing agent 2 with SIGKILL"
kill_hard "${agents[2]}"

if [[ -n ${RESTART_MASTER:-} ]]; then
  half() { (($(results) >= tasks / 2)) || ! kill -0 "$batch" 2>/dev/null; }
  wait_for 300 "half of the tasks" half
  echo "demo: $(results) tasks are done: killing the master with SIGKILL, and starting it again"
  kill_hard "$master"
  start_master
fi

batch_ended() { ! kill -0 "$batch" 2>/dev/null; }
wait_for 600 "the batch" batch_ended
status=0
wait "$batch" || status=$?
cat "$work/batch.log"
cat "$work/batch.err" >&2
((status == 0)) || { echo "demo: the batch framework ended with status $status" >&2; exit 1; }

echo "demo: comparing every digest with one computed here"
differing=0
number=0
while read -r file; do
  number=$((number + 1))
  if [[ $(cut -d' ' -f1 "$work/results/$number.sum" 2>/dev/null) != $(sha256sum "$file" | cut -d' ' -f1) ]]; then
    echo "demo: the digest of $file differs" >&2
    differing=$((differing + 1))
  fi
done <"$work/files"
((differing == 0)) || { echo "demo: $differing of $tasks digests differ" >&2; exit 1; }
echo "demo: all $tasks digests agree"
