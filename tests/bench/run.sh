#!/usr/bin/env bash
# The benchmark: prints the table, with --write also into docs/performance.md. `./dev bench` builds the
# bench preset and calls this. Takes about six minutes; --quick, for a first look, two.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec node tests/bench/bench.mjs "$@"
