#!/usr/bin/env bash
# Builds simulation-throughput beside meseta-bench, which runs it: build-simulation-throughput.sh [--quiet]
#
# Each message of a simulation passes through much code, which a processor has to fetch. So the program is optimised as one when
# it is linked, over the borders of files and modules and by what a run with another seed did; then LLVM's BOLT puts its code in
# the order in which it ran, and into huge pages. That makes a simulation half as fast again, and takes some minutes for a program
# that has no more in it than this one; with SwiftNIO and the rest it takes more memory than a small machine has.
set -euo pipefail
[ $# -eq 0 ] || [ "$*" = --quiet ] || { echo "usage: $0 [--quiet]" >&2; exit 64; }
script=$(readlink -f "$0")
cd "$(dirname "$script")/../Benchmarks"
# Apart from what is built otherwise, or each build would begin anew after the other.
scratch=$PWD/.build/whole
built=$scratch/release
# The run to optimise by: agents, frameworks, a seed that is not measured, seconds.
training=(100 10 2 2)

# For the processor that is here, and counting references as one thread may.
processor=()
one_thread=()
if [ "$(uname -m)" = x86_64 ]; then
  if /lib64/ld-linux-x86-64.so.2 --help | grep -q 'x86-64-v3 (supported'; then
    processor=(-Xcc -march=x86-64-v3 -Xswiftc -Xcc -Xswiftc -march=x86-64-v3)
  fi
  for counted in retain release retain_n release_n bridgeObject{Retain,Release,Retain_n,Release_n}; do
    one_thread+=(-Xlinker --defsym -Xlinker "swift_$counted=swift_nonatomic_$counted")
  done
fi
# What SwiftPM links is not used, so it only brings the bitcode together.
swift build -c release "$@" --scratch-path "$scratch" --product simulation-throughput \
  --experimental-lto-mode full --static-swift-stdlib --omit-frame-pointers -Xswiftc -use-ld=lld -Xlinker --lto-emit-llvm \
  "${processor[@]}"

program=.build/release/simulation-throughput
if [ "$program" -nt "$built/simulation-throughput" ] && [ "$program" -nt "$script" ]; then exit 0; fi

# Links the bitcode: link OUTPUT [flags]. What SwiftPM passes, and what it has no option for.
link() {
  local output=$1
  shift
  swiftc -emit-executable -o "$output" "@$built/simulation-throughput.product/Objects.LinkFileList" \
    -static-stdlib -lprotobuf-c -lre2 -lstdc++ -lto=llvm-full -use-ld=lld \
    -Xlinker --gc-sections -Xlinker --defsym -Xlinker main=simulation_throughput_main "$@"
}

counting=$scratch/counting
rm -rf "$counting"
link "$scratch/counting-program" -Xlinker --lto-O1 -Xclang-linker -fprofile-generate="$counting"
"$scratch/counting-program" "${training[@]}" >/dev/null
"$(dirname "$(readlink -f "$(command -v swiftc)")")/llvm-profdata" merge -o "$counting/profile" "$counting"/*.profraw

linked=$scratch/linked
# A generic function that several files have made for themselves is counted once: not worth a warning each.
link "$linked" -Xlinker --lto-O3 -Xlinker --emit-relocs -Xclang-linker -fprofile-use="$counting/profile" \
  -Xclang-linker -Wno-backend-plugin "${one_thread[@]}"

new=$program.new
mkdir -p .build/release
# Only where its code lies changes: what was linked does the same, more slowly.
bolt=$(command -v llvm-bolt-19 || command -v llvm-bolt || true)
arrange() {
  local counted=$linked.counted profile=$linked.fdata
  rm -f "$profile"
  "$bolt" "$linked" -instrument -o "$counted" --instrumentation-file="$profile" &&
    "$counted" "${training[@]}" >/dev/null && [ -s "$profile" ] &&
    "$bolt" "$linked" -o "$new" -data="$profile" -reorder-blocks=ext-tsp -reorder-functions=cdsort \
      -split-functions -split-all-cold -split-eh -icf=1 -hugify -use-gnu-stack
}
if [ -z "$bolt" ]; then
  echo "note: there is no llvm-bolt (Debian: bolt-19): simulation-throughput is slower without it" >&2
  cp "$linked" "$new"
elif ! arrange >"$scratch/bolt.log" 2>&1; then
  echo "note: llvm-bolt could not arrange simulation-throughput, which is slower without it;" \
    "see Benchmarks/.build/whole/bolt.log" >&2
  cp "$linked" "$new"
fi
mv "$new" "$program"
