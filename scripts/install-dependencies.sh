#!/usr/bin/env bash
# Installs the system packages that Meseta needs beside Swift, and does nothing (in a few milliseconds)
# when they are there. Debian and Ubuntu; elsewhere it says what to install.
set -euo pipefail

has_command() { command -v "$1" >/dev/null 2>&1; }

has_protobuf_c_headers() {
  [ -e /usr/include/protobuf-c/protobuf-c.h ] || [ -e /usr/local/include/protobuf-c/protobuf-c.h ] ||
    { has_command pkg-config && pkg-config --exists libprotobuf-c; }
}

has_re2_headers() {
  [ -e /usr/include/re2/re2.h ] || [ -e /usr/local/include/re2/re2.h ] ||
    { has_command pkg-config && pkg-config --exists re2; }
}

has_zlib_headers() {
  [ -e /usr/include/zlib.h ] || [ -e /usr/local/include/zlib.h ] ||
    { has_command pkg-config && pkg-config --exists zlib; }
}

has_header() { [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ]; }

missing=()
has_command protoc || missing+=(protobuf-compiler)
has_command protoc-c || missing+=(protobuf-c-compiler)
has_protobuf_c_headers || missing+=(libprotobuf-c-dev)
has_re2_headers || missing+=(libre2-dev)
has_zlib_headers || missing+=(zlib1g-dev)
has_header sqlite3.h || missing+=(libsqlite3-dev)
has_header zookeeper/zookeeper.h || missing+=(libzookeeper-mt-dev)
# Servers of ZooKeeper, for the tests.
[ -e /usr/share/java/zookeeper.jar ] || missing+=(zookeeper)
has_command java || missing+=(default-jre-headless)
has_command python3 || missing+=(python3)
has_command valgrind || missing+=(valgrind)
has_command llvm-bolt-19 || has_command llvm-bolt || missing+=(bolt-19)

fail() {
  echo "error: $1" >&2
  echo "       missing (Debian names): ${missing[*]}" >&2
  echo "       $2" >&2
  exit 1
}

if ! has_command swift; then
  echo "error: no 'swift' on PATH: install Swift 6.2 or later, see https://www.swift.org/install/linux/" >&2
  exit 1
fi
[ ${#missing[@]} -eq 0 ] && exit 0

has_command apt-get ||
  fail "this is not Debian or Ubuntu: there is no apt-get" "install their equivalents, then run this again"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  has_command sudo ||
    fail "installing packages needs root, and there is no sudo" \
      "as root: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  as_root=(sudo)
  # Without a terminal nobody can type a password: fail at once rather than wait.
  [ -t 0 ] || as_root=(sudo --non-interactive)
fi

echo "Installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! {
  "${as_root[@]}" apt-get update &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}"
} </dev/null >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  fail "apt-get failed, its last lines are above" "install them by hand, then run this again"
fi
