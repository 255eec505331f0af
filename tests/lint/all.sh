#!/usr/bin/env bash
# Every rule of this folder, one after the other; fails when any of them does. `./dev lint` calls it
# after it configured build/dev. all.sh NAME… runs only those.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

rules=(format includes includes_selftest sources readmes shell unit tidy)
[ $# -eq 0 ] || rules=("$@")
failed=()
for rule in "${rules[@]}"; do
  if "tests/lint/$rule.sh"; then
    echo "ok     lint $rule"
  else
    failed+=("$rule")
    echo "FAILED lint $rule"
  fi
done
[ ${#failed[@]} -eq 0 ]
