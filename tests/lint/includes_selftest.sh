#!/usr/bin/env bash
# includes.sh finds what it is there to find.
set -euo pipefail
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{docs,base,metrics,rules,exporters,agent}
cat >"$tree/docs/architecture.md" <<'TABLE'
| Room | Owns | May include |
| --- | --- | --- |
| `base/` | the leaf | nothing |
| `metrics/` | the data | `base/` |
| `rules/` | alerts | `base/`, `metrics/` |
| `exporters/` | what leaves the host | `base/`, `metrics/`, `rules/alert.h` |
| `agent/` | wiring | all |
TABLE

Expect() {  # LINE_OF_CODE FILE WANT: "" for nothing to say
  printf '%s\n' "$1" >"$tree/$2"
  local said
  said=$(tests/lint/includes.sh "$tree" || true)
  rm "$tree/$2"
  [[ -n $3 && $said == *"$3"* || -z $3 && -z $said ]] || {
    echo "includes_selftest: $2 with $1"
    echo "  want: $3"
    echo "  said: $said"
    exit 1
  }
}

Expect '#include "base/result.h"' metrics/a.cpp ''
Expect '#include "metrics/a.h"' base/a.h 'base/a.h:1: base/ may not include metrics/'
Expect '#include "agent/config.h"' exporters/a.cpp 'may not include agent/'
Expect '#include "rules/alert.h"' exporters/a.cpp ''
Expect '#include "rules/promql/lexer.h"' exporters/a.cpp 'may not include rules/'
Expect '#include "rules/promql/lexer.h"' agent/a.cpp ''
Expect '#include "a.h"' metrics/a.cpp 'write the path from the top'
Expect '#include <vector>' base/a.cpp ''
