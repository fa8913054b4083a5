#!/usr/bin/env bash
# Runs frameworks that were written for Mesos, unmodified from PyPI, against a master and an agent of this build:
# scripts/check-clients.sh [BUILD DIRECTORY]. pymesos needs Python 3.6 to 3.10; where there is none this says so, and fails in CI.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=${1:-.build/debug}
work=$(mktemp -d -t meseta-clients.XXXXXX)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT

find_python() {
  local version candidate
  for version in 3.10 3.9 3.8 3.7; do
    for candidate in "python$version" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python; do
      if command -v "$candidate" >/dev/null 2>&1 && "$candidate" -c 'import venv' 2>/dev/null; then
        echo "$candidate"
        return
      fi
    done
  done
}

python=$(find_python)
if [[ -z $python ]]; then
  echo "no Python from 3.7 to 3.10 is here: pymesos is not tried" >&2
  [[ -z ${CI:-} ]] || exit 1
  exit 0
fi

# Kept between runs.
venv=.build/clients
if [[ ! -x $venv/bin/python ]] || ! "$venv/bin/python" -c 'import pymesos' 2>/dev/null; then
  "$python" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check pymesos==0.3.15 2>"$work/pip.log" || {
    cat "$work/pip.log" >&2
    exit 1
  }
fi

# The port that a program says it has for something.
port_of() { sed -n "s/.*$2 on [0-9.]*:\([0-9]*\).*/\1/p" "$work/$1.log" | head -1; }
# Waits until a program answers HTTP, and names the port.
http_port() {
  for _ in $(seq 100); do
    [[ -n $(port_of "$1" "it answers HTTP") ]] && break
    sleep 0.1
  done
  port_of "$1" "it answers HTTP" | grep . || { cat "$work/$1.log" >&2; exit 1; }
}

: >"$work/master.log" >"$work/agent.log"
"$bin/meseta" master --ip 127.0.0.1 --port 0 --native_port 0 --allocation_interval 100ms --agent_reregister_timeout 1secs \
  2>"$work/master.log" >&2 &
pids+=($!)
port=$(http_port master)
"$bin/meseta" agent --master "127.0.0.1:$(port_of master "the master listens")" --ip 127.0.0.1 --port 0 --native_port 0 --work_dir "$work/agent" \
  --resources "cpus:4;mem:1024;disk:1024" >"$work/agent.log" 2>&1 &
pids+=($!)
agent_port=$(http_port agent)

for client in scheduler executor operator; do
  echo "pymesos 0.3.15, $client:"
  arguments=("127.0.0.1:$port")
  [[ $client == scheduler ]] || arguments+=("127.0.0.1:$agent_port")
  "$venv/bin/python" "Tests/Clients/pymesos_$client.py" "${arguments[@]}" || {
    tail -n 20 "$work/master.log" "$work/agent.log" >&2
    exit 1
  }
done
# The recipes of Mesos's documentation. Each has to be answered, with what is looked for in the answer.
expect() {
  local answer
  answer=$(curl -sS --fail-with-body "${@:2}") || { echo "curl ${*:2}: $answer" >&2; exit 1; }
  grep -q -- "$1" <<<"$answer" || { echo "curl ${*:2}: no $1 in $answer" >&2; exit 1; }
}
agent=$(curl -sS "127.0.0.1:$port/slaves" | sed 's/.*"slaves":\[{"id":"\([^"]*\)".*/\1/')
reservation='"reservations": [{"type": "DYNAMIC", "role": "ads", "principal": "p"}]'
disk="\"name\": \"disk\", \"type\": \"SCALAR\", \"scalar\": {\"value\": 64}, $reservation"
volume="{$disk, \"disk\": {\"persistence\": {\"id\": \"id1\", \"principal\": \"p\"}, \"volume\": {\"mode\": \"RW\", \"container_path\": \"data\"}}}"
cpus="{\"name\": \"cpus\", \"type\": \"SCALAR\", \"scalar\": {\"value\": 1}, $reservation}"
expect '"activated_slaves":1.0' "127.0.0.1:$port/master/state"
expect "$agent" --compressed "127.0.0.1:$port/state-summary"
expect '"tasks"' "127.0.0.1:$port/tasks?limit=5&order=asc"
expect '"master/slaves_active":1.0' "127.0.0.1:$port/metrics/snapshot"
expect 'mesos_master_slaves_active 1.0' "127.0.0.1:$port/metrics"
expect '' -d "slaveId=$agent" --data-urlencode "resources=[$cpus, {$disk}]" "127.0.0.1:$port/master/reserve"
expect '' -d "slaveId=$agent" --data-urlencode "volumes=[$volume]" "127.0.0.1:$port/master/create-volumes"
expect '"id":"id1"' "127.0.0.1:$port/slaves?slave_id=$agent"
expect '' -d "slaveId=$agent" --data-urlencode "volumes=[$volume]" "127.0.0.1:$port/master/destroy-volumes"
expect '' -d "slaveId=$agent" --data-urlencode "resources=[$cpus, {$disk}]" "127.0.0.1:$port/master/unreserve"
expect '' -X PUT -d '[{"role": "ads", "weight": 2.0}]' "127.0.0.1:$port/weights"
expect '{"role":"ads","weight":2.0}' "127.0.0.1:$port/weights"
expect '' -d '{"role": "ads", "guarantee": [{"name": "cpus", "type": "SCALAR", "scalar": {"value": 1}}]}' \
  "127.0.0.1:$port/quota"
expect '"role":"ads"' "127.0.0.1:$port/quota"
expect '' -X DELETE "127.0.0.1:$port/quota/ads"
{ curl -sN --max-time 1 -H 'Content-Type: application/json' -d '{"type": "SUBSCRIBE"}' "127.0.0.1:$port/api/v1" || true; } |
  grep -q '"type":"SUBSCRIBED"' || { echo "no SUBSCRIBED from /api/v1" >&2; exit 1; }
echo "curl: as it should be"
echo "all well"
