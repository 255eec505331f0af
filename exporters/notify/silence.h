// Silences, as Alertmanager has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/label_matcher.h"

namespace ecsward::notify {

struct Silence {
  std::string id;
  std::vector<LabelMatcher> matchers;
  std::int64_t starts_at_ms = 0, ends_at_ms = 0, updated_at_ms = 0;
  std::string created_by, comment;

  bool ActiveAt(std::int64_t now_ms) const { return starts_at_ms <= now_ms && now_ms < ends_at_ms; }
};
std::string_view StateAt(const Silence& silence,
                         std::int64_t now_ms);  // "active", "pending", "expired"

// At least one matcher that does not match the empty text, an end after the start, an author, a
// comment. errors: kInvalidArgument
Result<void> CheckSilence(const Silence& silence);

std::string ToJsonText(const Silence& silence);  // as Alertmanager's API v2 writes it
// errors: kParse
Result<Silence> ParseSilence(std::string_view json);

}  // namespace ecsward::notify
