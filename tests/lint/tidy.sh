#!/usr/bin/env bash
# clang-tidy over the product's code (.clang-tidy says what it looks for), as build/dev compiles it.
# A clean verdict is kept in build/lint/tidy under the hash of all that it depends on: the preprocessed
# text with its comments (NOLINT stands there), .clang-tidy, and clang-tidy's version.
set -euo pipefail
. tests/lint/common.sh
commands=build/dev/compile_commands.json
[ -f $commands ] || { echo "configure build/dev first: ./dev lint does"; exit 1; }
export cache=build/lint/tidy
mkdir -p $cache
common=$({ clang-tidy --version; cat .clang-tidy; } | sha256sum)
export common

# "FILE<tab>COMPILER ARGUMENTS" for each source; cmake writes one key a line.
Commands() {
  awk -v top="$PWD/" '
    /^ *"command": / { command = $0; sub(/^ *"command": "/, "", command); sub(/",?$/, "", command)
                       gsub(/\\"/, "\"", command); gsub(/\\\\/, "\\", command) }
    /^ *"file": /    { file = $0; sub(/^ *"file": "/, "", file); sub(/",?$/, "", file)
                       if (index(file, top) == 1) print substr(file, length(top) + 1) "\t" command }
  ' $commands
}

TidyOne() {
  local file=${1%%$'\t'*} command=${1#*$'\t'} key
  # Without launcher, compiler, output and precompiled header: clang preprocesses it.
  command=$(sed -E 's#^([^ ]*ccache )?[^ ]+##; s# -o [^ ]+##; s# -c # #; s# -Winvalid-pch -include [^ ]+##' <<<"$command")
  key=$({ echo "$common"; eval "clang++ -w -E -C $command"; } | sha256sum | cut -d' ' -f1)
  [ ! -e "$cache/$key" ] || return 0
  if clang-tidy --quiet -p build/dev "$file" >"$cache/$key.log" 2>"$cache/$key.err"; then
    touch "$cache/$key"
    rm -f "$cache/$key.log" "$cache/$key.err"
  else
    echo "clang-tidy $file"
    cat "$cache/$key.log"
    grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header' "$cache/$key.err" || true
    rm -f "$cache/$key.log" "$cache/$key.err"
    return 1
  fi
}
export -f TidyOne

status=0
Commands | grep -E "^($(IFS='|'; echo "${ROOMS[*]}"))/" | LC_ALL=C sort -u |
  tr '\n' '\0' | xargs -0 -P "$(nproc)" -I{} bash -c 'TidyOne "$1"' _ {} || status=1
if [ $status != 0 ] && ! IsJudge clang-tidy; then
  echo "not counted: clang-tidy here is not version $JudgingVersion"
  status=0
fi
exit $status
