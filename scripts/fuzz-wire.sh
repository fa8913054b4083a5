#!/usr/bin/env bash
# Fuzzes the decoders of frames and messages with libFuzzer, which looks for inputs that reach new code.
#
#   scripts/fuzz-wire.sh [SECONDS]     60 unless given; inputs that were found are kept in .build/fuzz/corpus
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=.build/fuzz
corpus=$scratch/corpus
mkdir -p "$corpus"
swift build --quiet --scratch-path "$scratch" -c release --target MesetaWire \
  -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link
release=$(swift build --scratch-path "$scratch" -c release --show-bin-path)
mapfile -d '' objects < <(find "$release"/ -name '*.o' -path '*.build/*' -print0)
# The gold linker complains of the fuzzer's own list of exports; what matters is said by errors.
swiftc -O -parse-as-library -sanitize=fuzzer -I "$release/Modules" \
  -Xcc -fmodule-map-file="$release/CMesosWire.build/module.modulemap" \
  -Xcc -fmodule-map-file=Sources/CProtobufC/module.modulemap \
  scripts/fuzz-wire.swift "${objects[@]}" -lprotobuf-c -o "$scratch/fuzz-wire"

printf '\000\000\000\000' >"$corpus/empty"  # a frame with nothing in it, to start from
exec "$scratch/fuzz-wire" -max_total_time="${1-60}" -max_len=4096 -timeout=5 -rss_limit_mb=2048 \
  -artifact_prefix="$scratch/" "$corpus"
