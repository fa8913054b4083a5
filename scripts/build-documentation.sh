#!/usr/bin/env bash
# Builds the documentation of what embedders import into .build/documentation, and fails where a link leads nowhere.
set -euo pipefail
cd "$(dirname "$0")/.."

rooms=(MesetaAllocator MesetaFramework MesetaHost MesetaService MesetaSimulation)
graphs=$PWD/.build/symbol-graphs
out=$PWD/.build/documentation
docc=${DOCC_EXEC:-$(dirname "$(readlink -f "$(command -v swift)")")/docc}

# The command prints where it puts the graphs of all modules; it takes those of a debug build that is there.
from=$(swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members |
  sed -n 's/^Files written to //p')
failed=
for room in "${rooms[@]}"; do
  rm -rf "${graphs:?}/$room"
  mkdir -p "$graphs/$room" "$out"
  cp "$from/$room".symbols.json "$from/$room"@*.symbols.json "$graphs/$room/" 2>/dev/null || true
  log=$("$docc" convert "Sources/$room/$room.docc" --additional-symbol-graph-dir "$graphs/$room" \
    --fallback-display-name "$room" --fallback-bundle-identifier "meseta.$room" \
    --output-path "$out/$room.doccarchive" 2>&1) || failed=1
  if grep -A1 "doesn't exist at" <<<"$log"; then failed=1; fi
done
[[ -z $failed ]] || { echo "the documentation has links that lead nowhere, or cannot be built" >&2; exit 1; }
echo "the documentation is in .build/documentation: docc preview, or any web server, shows it"
