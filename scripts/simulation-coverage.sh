#!/usr/bin/env bash
# Measures which lines of the master and the agent are reached by simulated clusters alone, and names the functions that are
# not reached at all. Usage: scripts/simulation-coverage.sh [SEEDS] [PERCENT], of which the second is what must be reached of
# each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seeds="${1:-400}"
least="${2:-85}"
build=.build/simulation-coverage
bin="$(dirname "$(readlink -f "$(command -v swift)")")"

swift build -c release --scratch-path "$build" --product meseta --quiet \
  -Xswiftc -profile-coverage-mapping -Xswiftc -profile-generate
profiles="$(mktemp -d)"
trap 'rm -rf "$profiles"' EXIT
# As workers, which go on where a seed fails.
workers="$(nproc)"
for ((worker = 0; worker < workers; worker++)); do
  LLVM_PROFILE_FILE="$profiles/%p.profraw" \
    "$build/release/meseta" simulate --seeds "1..$seeds" --worker "$worker/$workers" >/dev/null &
done
wait
"$bin/llvm-profdata" merge --sparse -o "$profiles/all.profdata" "$profiles"/*.profraw

report() {
  "$bin/llvm-cov" "$1" "$build/release/meseta" -instr-profile "$profiles/all.profdata" "${@:2}"
}
echo
echo "lines reached by $seeds simulated clusters:"
for room in MesetaMaster MesetaAgent; do
  report report "Sources/$room" | awk -v room="$room" '
    /\.swift/ { printf "  %-48s %6d of %6d  %s\n", room "/" $1, $8 - $9, $8, $10 }
    $1 == "TOTAL" {
      printf "  %-48s %6d of %6d  %s\n", room, $8 - $9, $8, $10
      print $10 + 0 > "'"$profiles"'/total.'"$room"'"
    }'
done
echo
echo "functions that none reached:"
report report -show-functions Sources/MesetaMaster Sources/MesetaAgent |
  awk '/^File/ { file = $2 } /0\.00%/ && $2 > 0 { print file, $1 }' |
  while read -r file name; do
    echo "  ${file#"File "} $("$bin/swift-demangle" --simplified --compact "${name#*:}")"
  done | sed "s|'||g" | sort -u
awk -v least="$least" '$1 < least { isLess = 1 } END { exit isLess }' "$profiles"/total.* ||
  { echo "less than $least % of the lines of one of them are reached" >&2; exit 1; }
