#!/bin/sh
# Builds meseta-supervisor as a small static program: build-supervisor.sh [OUTPUT]
#
# OUTPUT is .build/release/meseta-supervisor unless given.
#
# `swift build` builds the same source too, but links the Swift library into it, which costs each container
# about two milliseconds of processor time.
set -eu
[ $# -le 1 ] || { echo "usage: $0 [OUTPUT]" >&2; exit 64; }
root=$(cd "$(dirname "$0")/.." && pwd)
output=${1:-$root/.build/release/meseta-supervisor}
clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
[ -x "$clang" ] || clang=clang
mkdir -p "$(dirname "$output")"
"$clang" -O2 -static -Wall -Wextra -Werror -ffunction-sections -fdata-sections -Wl,--gc-sections -s \
  -I "$root/Sources/CMesetaProcess/include" "$root"/Sources/meseta-supervisor/*.c -o "$output.new"
# In one step, so that an agent never starts half of it, nor fails because the old one runs.
mv "$output.new" "$output"
