#!/usr/bin/env bash
# The benchmark: prints the table, with --write also into docs/performance.md. `./dev bench` builds the
# bench preset and calls this. Takes about four minutes; --quick, for a first look, one.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node tests/bench/bench.mjs "$@"
