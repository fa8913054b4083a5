#!/usr/bin/env bash
# Builds simulation-throughput beside meseta-bench, which runs it: build-simulation-throughput.sh [--quiet]
#
# It is optimised as one when it is linked, over the borders of files and modules. That makes a simulation a quarter faster, and
# takes a minute or two for a program that has no more in it than this one; with SwiftNIO and the rest it takes more memory than
# a small machine has. Then its code is put in the order in which it runs, as LLVM's BOLT sees it in a run with another seed.
set -euo pipefail
[ $# -eq 0 ] || [ "$*" = --quiet ] || { echo "usage: $0 [--quiet]" >&2; exit 64; }
cd "$(dirname "$0")/../Benchmarks"
# Apart from what is built otherwise, or each build would begin anew after the other.
swift build -c release "$@" --scratch-path .build/whole --product simulation-throughput \
  --experimental-lto-mode full -Xswiftc -use-ld=lld -Xlinker --lto-O3 -Xlinker --emit-relocs --static-swift-stdlib

linked=.build/whole/release/simulation-throughput
new=.build/release/simulation-throughput.new
mkdir -p .build/release

# Only where its code lies changes: what was linked does the same, more slowly.
bolt=$(command -v llvm-bolt-19 || command -v llvm-bolt || true)
arrange() {
  local counted=$linked.counted profile=$PWD/$linked.fdata
  rm -f "$profile"
  "$bolt" "$linked" -instrument -o "$counted" --instrumentation-file="$profile" &&
    "$counted" 100 10 2 1 >/dev/null && [ -s "$profile" ] &&
    "$bolt" "$linked" -o "$new" -data="$profile" -reorder-blocks=ext-tsp -reorder-functions=cdsort \
      -split-functions -split-all-cold -split-eh -icf=1 -use-gnu-stack
}
if [ -z "$bolt" ]; then
  echo "note: there is no llvm-bolt (Debian: bolt-19): simulation-throughput is a tenth slower without it" >&2
  cp "$linked" "$new"
elif ! arrange >.build/whole/bolt.log 2>&1; then
  echo "note: llvm-bolt could not arrange simulation-throughput, which is a tenth slower without it;" \
    "see Benchmarks/.build/whole/bolt.log" >&2
  cp "$linked" "$new"
fi
mv "$new" .build/release/simulation-throughput
