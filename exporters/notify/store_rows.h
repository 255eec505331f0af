// For the store's two files.
#pragma once

#include <functional>
#include <utility>

#include "base/result.h"
#include "base/sqlite.h"

namespace ecsward::notify {

// Runs a SELECT to its end. errors: the statement's
inline Result<void> EachRow(Result<Statement> rows,
                            const std::function<void(const Statement&)>& use) {
  if (!rows) return std::move(rows).error();
  for (;;) {
    auto row = rows->Next();
    if (!row) return std::move(row).error();
    if (!*row) return {};
    use(*rows);
  }
}

}  // namespace ecsward::notify
