#!/usr/bin/env bash
# Every .cpp is in the CMakeLists.txt of its folder or of the nearest folder above that has one: a test
# that nobody builds never fails.
set -euo pipefail
. tests/lint/common.sh

status=0
while read -r file; do
  folder=$(dirname "$file")
  while [ ! -f "$folder/CMakeLists.txt" ]; do folder=$(dirname "$folder"); done
  name=${file#"$folder/"}
  if ! grep -v '^ *#' "$folder/CMakeLists.txt" | tr ' ()"' '\n' | grep -Fx -- "$name" >/dev/null; then
    echo "$file: not in $folder/CMakeLists.txt"
    status=1
  fi
done < <(CodeFiles "${ROOMS[@]}" tests | grep '\.cpp$')
# A line of its own is an entry of a target's list; merging may double it.
while read -r list; do
  mapfile -t twice < <(sed -n 's/^ *\([a-z0-9_./]*\.cpp\)$/\1/p' "$list" | LC_ALL=C sort | uniq -d)
  [ ${#twice[@]} = 0 ] || { echo "$list: listed twice: ${twice[*]}"; status=1; }
done < <(find "${ROOMS[@]}" tests -name CMakeLists.txt 2>/dev/null)
exit $status
