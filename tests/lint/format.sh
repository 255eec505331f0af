#!/usr/bin/env bash
# All C++ is as clang-format leaves it. To repair: clang-format -i FILE.
set -euo pipefail
. tests/lint/common.sh

status=0
# One line a file is enough to know what to repair.
CodeFiles "${ROOMS[@]}" tests | xargs clang-format --dry-run 2>&1 |
  awk -F: '/: warning: / && !seen[$1]++ { print $1 ":" $2 ": not formatted"; bad = 1 } END { exit bad }' ||
  status=1
if [ $status != 0 ] && ! IsJudge clang-format; then
  echo "not counted: clang-format here is not version $JudgingVersion"
  status=0
fi
exit $status
