// Annotations in more than one language: `summary` beside `summary_zh`, in one rule.
#pragma once

#include <string_view>

#include "metrics/labels.h"

namespace ecsward {

// What a reader of `language` gets to see: "zh" puts summary_zh in the place of summary, and the
// forms of other languages (summary_en) go. "" leaves everything as it stands in the rule.
//   {summary: "disk full", summary_zh: "磁盘已满"}, "zh" → {summary: "磁盘已满"}
LabelPairs Localized(const LabelPairs& annotations, std::string_view language);

}  // namespace ecsward
