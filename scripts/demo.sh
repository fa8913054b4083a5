#!/usr/bin/env bash
# The main job on real input: a master, three agents and the batch framework as five processes over loopback TCP run
# sha256sum of real files; one agent is killed with SIGKILL in the middle; every digest is compared in the end.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: scripts/demo.sh [--tasks N] [--restart-master] [--record]

Runs sha256sum of real files under /usr as tasks, on a master, three agents and the batch framework: five processes that
talk TCP. One agent is killed with SIGKILL in the middle, and its tasks run again elsewhere. In the end every digest is
compared with one computed here. The exit status is 0 only if all agree.

  --tasks N          how many files (default: 1000)
  --restart-master   kill the master with SIGKILL as well, half way, and start it again on the same port: running tasks
                     go on, and agents and the framework come back to it
  --record           record the masters and the agents, and replay all that they recorded in the end

MESETA_BIN names the directory of the programs (default: .build/release), MESETA_DEMO_PORT the master's port (5952).
USAGE
}

tasks=1000
restarts_master=
records=
while (($# > 0)); do
  case $1 in
    --tasks)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { echo "demo: --tasks: \"${2:-}\" is not a number of tasks" >&2; exit 64; }
      tasks=$2
      shift 2
      ;;
    --restart-master) restarts_master=1; shift ;;
    --record) records=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "demo: there is no option \"$1\"" >&2; usage >&2; exit 64 ;;
  esac
done

cd "$(dirname "$0")/.."
bin=${MESETA_BIN:-$PWD/.build/release}
[ -x "$bin/meseta" ] || { echo "demo: there is no $bin/meseta: run make build first" >&2; exit 2; }
port=${MESETA_DEMO_PORT:-5952}
work=$(mktemp -d "${TMPDIR:-/tmp}/meseta-demo.XXXXXX")
pids=()

# Says something, on a line of its own where a progress bar may be.
say() {
  if [[ -t 2 ]]; then printf '\r\033[K' >&2; fi
  echo "demo: $*"
}

finish() {
  status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if ((status == 0)); then rm -rf "$work"; else say "FAILED; logs are in $work" >&2; fi
  exit "$status"
}
trap finish EXIT
trap "exit 130" INT
trap "exit 143" TERM

# Flags that have a process record what it is told, in a directory of that name.
record() { [[ -z $records ]] || printf '%s\n' --record "$work/recording/$1" --record_limit 64MB; }

start_master() {
  local flags
  mapfile -t flags < <(record master)
  "$bin/meseta" master --ip 127.0.0.1 --port 0 --native_port "$port" --allocation_interval 100ms \
    --agent_ping_timeout 500ms --max_agent_ping_timeouts 4 --agent_reregister_timeout 10secs "${flags[@]}" >>"$work/master.log" 2>&1 &
  master=$!
  pids+=("$master")
}

start_agent() {
  local flags
  mapfile -t flags < <(record "agent$1")
  "$bin/meseta" agent --master "127.0.0.1:$port" --ip 127.0.0.1 --port 0 --native_port 0 --hostname "node$1" \
    --work_dir "$work/agent$1" --resources "cpus:2;mem:2048;disk:1024" --attributes "rack:r$1" \
    --registration_backoff_factor 100ms "${flags[@]}" >"$work/agent$1.log" 2>&1 &
  agents[$1]=$!
  pids+=("${agents[$1]}")
}

agent_count() { "$bin/meseta" agents --master "127.0.0.1:$port" --json 2>/dev/null | grep -c '"active"' || true; }

wait_for() {  # wait_for SECONDS WHAT COMMAND...: until the command succeeds
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < end)) || { say "gave up waiting for $what" >&2; return 1; }
    sleep 0.1
  done
}

# SIGKILL, without the shell's report of it.
kill_hard() { { kill -9 "$1" && wait "$1"; } 2>/dev/null || true; }

results() { find "$work/results" -name '*.sum' | wc -l; }

# Whether so many tasks are done, or no more will be.
done_or_ended() { (($(results) >= $1)) || ! kill -0 "$batch" 2>/dev/null; }

say "looking for $tasks files under /usr"
mkdir -p "$work/results"
find /usr -xdev -type f -readable -size -1000k -name '[A-Za-z0-9]*' 2>/dev/null | grep -v "['\"\\\\ ]" |
  sort | awk -v n="$tasks" '{ line[NR] = $0 } END { step = NR / n; for (i = 0; i < n && i < NR; i++) print line[int(i * step) + 1] }' \
  >"$work/files"
tasks=$(wc -l <"$work/files")
awk -v out="$work/results" '{
  printf "{\"name\": \"sum-%d\", \"command\": \"sha256sum %s > %s/%d.part && mv %s/%d.part %s/%d.sum\", \"resources\": \"cpus:0.25;mem:32\", \"retries\": 5}\n",
    NR, $0, out, NR, out, NR, out, NR }' "$work/files" >"$work/jobs"

declare -a agents=()
if [[ -n $records ]]; then mkdir -p "$work/recording"; fi
start_master
for i in 1 2 3; do start_agent "$i"; done
three_agents() { (($(agent_count) == 3)); }
wait_for 60 "three agents" three_agents
"$bin/meseta" agents --master "127.0.0.1:$port"

say "running $tasks tasks"
"$bin/BatchFramework" "$work/jobs" "127.0.0.1:$port" >"$work/summary" &
batch=$!
pids+=("$batch")

wait_for 300 "a third of the tasks" done_or_ended $((tasks / 3))
say "$(results) tasks are done: killing the agent of node2 with SIGKILL"
kill_hard "${agents[2]}"

if [[ -n $restarts_master ]]; then
  wait_for 300 "half of the tasks" done_or_ended $((tasks / 2))
  say "$(results) tasks are done: killing the master with SIGKILL, and starting it again"
  kill_hard "$master"
  start_master
fi

batch_ended() { ! kill -0 "$batch" 2>/dev/null; }
wait_for 600 "the batch" batch_ended
status=0
wait "$batch" || status=$?
cat "$work/summary"
((status == 0)) || { say "the batch framework ended with status $status" >&2; exit 1; }

say "comparing every digest with one computed here"
differing=0
number=0
while read -r file; do
  number=$((number + 1))
  if [[ $(cut -d' ' -f1 "$work/results/$number.sum" 2>/dev/null) != $(sha256sum "$file" | cut -d' ' -f1) ]]; then
    say "the digest of $file differs" >&2
    differing=$((differing + 1))
  fi
done <"$work/files"
((differing == 0)) || { say "$differing of $tasks digests differ" >&2; exit 1; }
say "all $tasks digests agree"

[[ -n $records ]] || exit 0
for pid in "$master" "${agents[1]}" "${agents[3]}"; do
  kill "$pid"
  wait "$pid" 2>/dev/null || true
done
for name in master agent1 agent2 agent3; do
  say "replaying what $name recorded"
  "$bin/meseta" replay "$work/recording/$name" >"$work/replay" || { say "the recording of $name does not replay" >&2; exit 1; }
  grep -E 'recorded by|as they were|^note' "$work/replay"
  grep -q 'all as they were' "$work/replay" || { say "the replay of $name is not verified" >&2; exit 1; }
done
