#!/usr/bin/env bash
# Every `#include "room/…"` follows the arrows: a file includes its own room and what the row of its
# room in docs/architecture.md ends with. tests/ may include everything.
#
#   includes.sh            the whole tree
#   includes.sh FOLDER     a tree elsewhere, with its own docs/architecture.md (includes_selftest.sh)
set -euo pipefail
. tests/lint/common.sh
cd "${1:-.}"

# Rows such as  | `metrics/` | the data | `base/` |  →  "metrics base/". A cell may name a single
# header (`rules/alert.h`), say "all", or say "nothing".
arrows=$(awk -F'|' '
  $2 ~ /^ *`[a-z]+\/` *$/ {
    room = $2; gsub(/[ `\/]/, "", room)
    cell = $(NF - 1); allowed = ""
    if (cell ~ /all/) allowed = " *"
    while (match(cell, /`[a-z_]+\/[a-z_.\/]*`/)) {
      allowed = allowed " " substr(cell, RSTART + 1, RLENGTH - 2)
      cell = substr(cell, RSTART + RLENGTH)
    }
    print room allowed
  }' docs/architecture.md)
[ -n "$arrows" ] || { echo "docs/architecture.md: no table of rooms"; exit 1; }

CodeFiles "${ROOMS[@]}" | xargs grep -nE '^ *# *include *"' /dev/null | awk -v arrows="$arrows" '
  BEGIN {
    n = split(arrows, rows, "\n")
    for (i = 1; i <= n; ++i) {
      room = rows[i]; sub(/ .*/, "", room)
      allowed[room] = rows[i]; sub(/^[a-z]+ ?/, "", allowed[room])
      known[room] = 1
    }
  }
  {
    split($0, place, ":")
    room = place[1]; sub(/\/.*/, "", room)
    header = $0; sub(/^[^"]*"/, "", header); sub(/".*/, "", header)
    target = header; sub(/\/.*/, "", target)
    where = place[1] ":" place[2] ": "
    if (!(room in known)) { print where room "/ has no row in docs/architecture.md"; bad = 1; next }
    if (!(target in known) || header !~ /\//) {
      print where "\"" header "\": write the path from the top, beginning with a room"; bad = 1; next
    }
    if (target == room) next
    m = split(allowed[room], prefixes, " ")
    for (i = 1; i <= m; ++i) {
      if (prefixes[i] == "*" || index(header, prefixes[i]) == 1) next
    }
    print where room "/ may not include " target "/ (docs/architecture.md draws the arrows)"; bad = 1
  }
  END { exit bad }'
