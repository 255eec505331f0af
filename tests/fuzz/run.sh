#!/usr/bin/env bash
# run.sh SECONDS JOBS: every target of build/fuzz/…/ecsward_fuzz for SECONDS, JOBS at a time. Starts from
# tests/fuzz/corpus/<target>, keeps what it learns in build/fuzz/corpus/<target>, and an input that
# breaks a parser in build/fuzz/findings/<target>-…: add that to the corpus with the fix.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export SECONDS_EACH=$1
jobs=$2
program=$(find build/fuzz -name ecsward_fuzz -type f | head -n 1)
export program

FuzzOne() {
  local target=$1 log=build/fuzz/logs/$1.log
  local corpora=("build/fuzz/corpus/$target")
  mkdir -p "${corpora[0]}"
  [ ! -d "tests/fuzz/corpus/$target" ] || corpora+=("tests/fuzz/corpus/$target")
  if "$program" "--target=$target" -max_total_time="$SECONDS_EACH" -timeout=5 -rss_limit_mb=1024 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target-" \
    "${corpora[@]}" >"$log" 2>&1; then
    echo "ok     $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs"
  else
    echo "FAILED $target: last lines of $log"
    tail -n 30 "$log"
    return 1
  fi
}
export -f FuzzOne

mkdir -p build/fuzz/logs build/fuzz/findings
"$program" --list | xargs -P "$jobs" -I{} bash -c 'FuzzOne {}'
