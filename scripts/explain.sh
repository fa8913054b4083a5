#!/usr/bin/env bash
# A cluster over loopback TCP on which every agent is out of a framework's reach for another reason, and what `meseta
# explain` says of it: what the README shows.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=${MESETA_BIN:-$PWD/.build/release}
[ -x "$bin/meseta" ] || { echo "explain: there is no $bin/meseta: run make build first" >&2; exit 2; }
port=${MESETA_EXPLAIN_PORT:-5972}
work=$(mktemp -d "${TMPDIR:-/tmp}/meseta-explain.XXXXXX")
pids=()
runs=()

finish() {
  status=$?
  # These would wait for their tasks to end, which takes a master.
  for pid in "${runs[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  if ((status == 0)); then rm -rf "$work"; else echo "explain: FAILED; logs are in $work" >&2; fi
  exit "$status"
}
trap finish EXIT
trap "exit 130" INT
trap "exit 143" TERM

fail() { echo "explain: $*" >&2; exit 1; }
meseta() { timeout 60 "$bin/meseta" "$@" --master "127.0.0.1:$port"; }

# Shows a command and what it prints.
show() {
  local word line='$ meseta'
  for word; do
    if [[ $word == *';'* ]]; then line+=" '$word'"; else line+=" $word"; fi
  done
  echo "$line"
  meseta "$@"
  echo
}

until_it() {  # until_it WHAT COMMAND...: until the command succeeds
  local end=$((SECONDS + 60)) what=$1
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "$what did not come about"
    sleep 0.2
  done
}

agent() {  # agent NAME RESOURCES
  "$bin/meseta" agent --master "127.0.0.1:$port" --ip 127.0.0.1 --port 0 --native_port 0 --hostname "$1" \
    --work_dir "$work/$1" --runtime_dir "$work/run-$1" --resources "$2" --registration_backoff_factor 100ms \
    >"$work/$1.log" 2>&1 &
  pids+=($!)
}

run() {  # run NAME ARGUMENTS...: a framework that goes on
  local name=$1
  shift
  "$bin/meseta" run --master "127.0.0.1:$port" --name "$name" "$@" >"$work/$name.log" 2>&1 &
  runs+=($!)
}

agents_are() { (($(meseta agents --json | grep -c '"active"') == $1)); }
tasks_run() { (($(meseta tasks --json | grep -c TASK_RUNNING) == $1)); }
counts() { meseta explain batch --json | tr -d ' \n' | grep -qF "\"summary\":$1"; }

"$bin/meseta" master --ip 127.0.0.1 --port 0 --native_port "$port" --allocation_interval 200ms --offer_timeout none \
  >"$work/master.log" 2>&1 &
pids+=($!)
until_it "the master" meseta agents
agent web-1 "cpus:4;mem:4096;disk:1;ports:[31000-31000]"
until_it "an agent" agents_are 1
run site --role web --cpus 4 --mem 4096 --resources "disk:1;ports:[31000-31000]" 'sleep 600'
until_it "a task" tasks_run 1
for name in web-2 web-3 web-4 web-5; do agent "$name" "cpus:4;mem:4096;disk:1;ports:[31000-31000]"; done
agent db-1 "cpus(db):8;mem(db):8192;disk(db):1;ports(db):[31000-31000]"
agent gpu-1 "cpus:8;mem:8192;gpus:2;disk:1;ports:[31000-31000]"
until_it "the agents" agents_are 7
run ci --role eng/ci --count 2 --cpus 4 --mem 4096 --resources "disk:1;ports:[31000-31000]" 'sleep 600'
until_it "the tasks of ci" tasks_run 3
run batch --role eng/batch --cpus 6 --mem 512 'sleep 600'

# More than an agent has: what is free is declined.
until_it "what batch declines" counts '{"allocated_elsewhere":3,"filtered":2,"gpu_only":1,"reserved":1}'
show explain batch
show quota set eng --guarantee 'cpus:8;mem:8192' --limit 'cpus:8;mem:8192'
until_it "what batch's quota keeps from it" counts '{"allocated_elsewhere":3,"gpu_only":1,"quota_limit":2,"reserved":1}'
show explain batch
show explain batch --agent db-1
show quota
show roles
echo "explain: all well"
