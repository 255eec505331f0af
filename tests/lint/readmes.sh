#!/usr/bin/env bash
# README.md and README.zh-CN.md say the same: as many headings of each level, and the same blocks of
# commands. Words are for people to compare.
set -euo pipefail

# The headings' marks, and code blocks whole, comments (which are translated) left out.
Skeleton() {
  awk '/^```/ { code = !code; print; next }
       code { if ($0 !~ /^ *#/) { sub(/ +# .*/, ""); print } next }
       /^#+ / { print $1 }' "$1"
}

diff <(Skeleton README.md) <(Skeleton README.zh-CN.md) || {
  echo "README.md (<) and README.zh-CN.md (>) are not in step"
  exit 1
}
