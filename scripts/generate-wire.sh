#!/bin/bash
# Generates the C code of the wire schema: protoc-c over Sources/CMesosWire/Protos, and tables of what
# protoc-c leaves out (which fields are maps, a message's descriptor by name).
#
#   scripts/generate-wire.sh          writes into Sources/CMesosWire
#   scripts/generate-wire.sh --check  writes nothing; fails if the committed code is not what it would write
set -euo pipefail
cd "$(dirname "$0")/.."

target=Sources/CMesosWire
for tool in protoc protoc-c python3; do
  command -v "$tool" >/dev/null || {
    echo "generate-wire: $tool is missing: apt-get install protobuf-compiler protobuf-c-compiler python3" >&2
    exit 1
  }
done
case "${1-}" in
  "" | --check) ;;
  *) echo "generate-wire: unknown argument $1 (only --check is known)" >&2; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/raw" "$work/out" "$work/out/include"

protos=$(cd "$target/Protos" && ls -- *.proto)
# shellcheck disable=SC2086 # one word a file
(cd "$target/Protos" && protoc-c -I. --c_out="$work/raw" $protos \
  && protoc -I. --descriptor_set_out="$work/schema.pb" $protos)
mv "$work"/raw/*.pb-c.h "$work/out/include/"
mv "$work"/raw/*.pb-c.c "$work/out/"
python3 scripts/generate-wire-tables.py "$work/schema.pb" "$work/out"

if [ "${1-}" = --check ]; then
  mkdir "$work/committed" "$work/committed/include"
  cp "$target"/*.pb-c.c "$target"/meseta_wire_tables.c "$work/committed/"
  cp "$target"/include/*.pb-c.h "$target"/include/meseta_wire_messages.h "$work/committed/include/"
  if ! diff -ru "$work/committed" "$work/out" >"$work/diff"; then
    head -n 40 "$work/diff" >&2
    echo "generate-wire: the generated code in $target differs from its .proto files:" \
      "run scripts/generate-wire.sh and commit what it writes" >&2
    exit 1
  fi
  echo "generate-wire: $target is up to date"
else
  rm -f "$target"/*.pb-c.c "$target"/include/*.pb-c.h
  cp "$work"/out/*.c "$target/"
  cp "$work"/out/include/*.h "$target/include/"
  echo "generate-wire: wrote $(wc -w <<<"$protos") schemas into $target"
fi
