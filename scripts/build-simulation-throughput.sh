#!/usr/bin/env bash
# Builds simulation-throughput beside meseta-bench, which runs it: build-simulation-throughput.sh [--quiet]
#
# It is optimised as one when it is linked, over the borders of files and modules. That makes a simulation a quarter faster, and
# takes a minute or two for a program that has no more in it than this one; with SwiftNIO and the rest it takes more memory than
# a small machine has.
set -euo pipefail
[ $# -eq 0 ] || [ "$*" = --quiet ] || { echo "usage: $0 [--quiet]" >&2; exit 64; }
cd "$(dirname "$0")/../Benchmarks"
# Apart from what is built otherwise, or each build would begin anew after the other.
swift build -c release "$@" --scratch-path .build/whole --product simulation-throughput \
  --experimental-lto-mode full -Xswiftc -use-ld=lld -Xlinker --lto-O3 --static-swift-stdlib
mkdir -p .build/release
cp .build/whole/release/simulation-throughput .build/release/simulation-throughput.new
mv .build/release/simulation-throughput.new .build/release/simulation-throughput
