#!/usr/bin/env bash
# Counts the instructions of the allocator's hot paths and compares them with Benchmarks/instructions.txt.
# Fails if one takes more than is written there; with --record it writes down what it finds, and 10 % more as
# the limit. Unlike times, the counts hardly depend on the machine or on what else it does.
#
# An operation's instructions are the difference between a long and a short run, by the difference in operations:
# starting and setting up cancel out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

program=Benchmarks/.build/release/allocator-operations
limits=Benchmarks/instructions.txt
record=false
case "${1-}" in
  "") ;;
  --record) record=true ;;
  *)
    echo "usage: scripts/check-instructions.sh [--record]" >&2
    exit 64
    ;;
esac
[ -x "$program" ] || {
  echo "error: $program is not there; make check-instructions builds it" >&2
  exit 1
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# valgrind does not understand the debugging information of today's compilers.
strip --strip-debug -o "$folder/program" "$program"

# Runs an operation; leaves how many there were, and how many instructions the run took.
count() {
  local name=$1 out=$2 log=$2.log
  shift 2
  if ! SWIFT_DETERMINISTIC_HASHING=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null \
    "$folder/program" "$name" "$@" >"$out" 2>"$log"; then
    cat "$log" >&2
    echo "error: $name $* did not run under valgrind" >&2
    return 1
  fi
  awk '/Collected/ { print $4 }' "$log" >>"$out"
}

# The first word is the operation, the second its limit.
limit() { awk -v name="$1" '$1 == name { print $2 }' "$limits" 2>/dev/null || true; }

failed=0
found=()
printf '%-24s %12s %12s\n' "instructions" "measured" "limit"
for name in $("$folder/program"); do
  count "$name" "$folder/short" &
  short=$!
  count "$name" "$folder/long" --long
  wait "$short"
  measured=$(paste -d ' ' "$folder/short" "$folder/long" | awk '
    { operations[NR] = $2 - $1 }
    END { printf "%d", operations[2] / operations[1] + 0.5 }')
  limit=$(limit "$name")
  note=
  if $record; then
    limit=$((measured + (measured + 9) / 10))
    found+=("$name $limit $measured")
  elif [ -z "$limit" ]; then
    note="no limit"
    failed=1
  elif [ "$measured" -gt "$limit" ]; then
    note="too many"
    failed=1
  fi
  printf '%-24s %12s %12s  %s\n' "$name" "$measured" "$limit" "$note" | sed 's/ *$//'
done

if $record; then
  {
    echo "# Instructions of the allocator's hot paths: the operation, at most how many, and how many there were when this"
    echo "# was written. scripts/check-instructions.sh checks and, with --record, writes it."
    printf '%s\n' "${found[@]}" | awk '{ printf "%-24s %12d %12d\n", $1, $2, $3 }'
  } >"$limits"
  echo "written to $limits"
elif [ "$failed" -ne 0 ]; then
  echo "error: look at what became slower. If it has to be so, or if the compiler is another one, write down the new" >&2
  echo "       counts with scripts/check-instructions.sh --record" >&2
  exit 1
fi
