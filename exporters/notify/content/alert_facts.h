// What is to be said of one alert, in the order in which it matters: the last is cut first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporters/notify/content/markup.h"
#include "exporters/notify/content/notice_view.h"
#include "exporters/notify/content/phrases.h"
#include "metrics/labels.h"

namespace ecsward::notify {

// Beside an alert that could not be told from another: what the reader's own words are.
struct Telling {
  std::string language;
  const LabelPairs* host = nullptr;  // the external labels
};

struct Fact {
  enum class Shape : std::uint8_t { kText, kLines, kLink };
  std::string_view name;
  std::string text;
  Shape shape = Shape::kText;
  Author author = Author::kRule;
};

// The summary, or what comes next to one: "web-1 CPU 使用率 97.2%".
std::string WhatOf(const NotifiedAlert& alert, std::string_view language);
// "i-bp1abc · web-1 · 10.0.0.5 · cn-hangzhou"; the alert's own labels before the host's.
std::string WhereOf(const NotifiedAlert& alert, const LabelPairs& host);
// What people call the host: its name, or id, or address; "" when nobody says.
std::string HostNameOf(const LabelPairs& labels, const LabelPairs& host);
std::string EvidenceText(const NotifiedAlert& alert, std::string_view language);

std::vector<Fact> FactsOf(const AlertView& view, const Telling& telling);

}  // namespace ecsward::notify
