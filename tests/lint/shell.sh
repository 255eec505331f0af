#!/usr/bin/env bash
# Shell scripts parse, and shellcheck has nothing to say where it is installed.
set -euo pipefail

mapfile -t scripts < <(grep -rlE --exclude-dir=build --exclude-dir=.git --exclude-dir=node_modules \
  '^#!.*\b(bash|sh)$' dev .ci tests packaging 2>/dev/null | LC_ALL=C sort)
for script in "${scripts[@]}"; do bash -n "$script"; done
if command -v shellcheck >/dev/null; then shellcheck -S warning -x -P SCRIPTDIR "${scripts[@]}"; fi
