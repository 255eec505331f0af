#include "exporters/notify/content/alert_facts.h"

#include <algorithm>
#include <array>
#include <span>

#include "metrics/evidence.h"
#include "rules/localized.h"

namespace ecsward::notify {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kIdNames = {"instance_id", "ecs_instance_id"};
constexpr std::array<std::string_view, 5> kHostNames = {"instance_name", "hostname", "host",
                                                        "nodename", "node"};
constexpr std::array<std::string_view, 3> kAddressNames = {"private_ip", "ip", "public_ip"};
constexpr std::array<std::string_view, 2> kRegionNames = {"region", "region_id"};
constexpr std::array<std::string_view, 2> kZoneNames = {"zone", "zone_id"};
constexpr std::string_view kInstance = "instance";
// Said elsewhere, or of no use to a reader.
constexpr std::array<std::string_view, 5> kOtherNames = {"alertname", "severity", "job", "__name__",
                                                         kInstance};

constexpr std::string_view kBetween = " · ";

std::string FirstOf(const LabelPairs& labels, Names names) {
  for (const std::string_view name : names) {
    if (const std::string_view value = Get(labels, name); !value.empty()) return std::string(value);
  }
  return "";
}

std::string FirstOf(const LabelPairs& labels, const LabelPairs& host, Names names) {
  std::string own = FirstOf(labels, names);
  return own.empty() ? FirstOf(host, names) : own;
}

bool IsWhere(std::string_view name) {
  for (const Names names : {Names(kIdNames), Names(kHostNames), Names(kAddressNames),
                            Names(kRegionNames), Names(kZoneNames)}) {
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
  }
  return false;
}

// "device=vda, mountpoint=/": what tells this alert from others of its kind.
std::string LabelsText(const LabelPairs& labels) {
  std::string out;
  for (const LabelPair& label : labels) {
    const bool other =
        std::find(kOtherNames.begin(), kOtherNames.end(), label.name) != kOtherNames.end();
    if (other || IsWhere(label.name)) continue;
    if (!out.empty()) out += ", ";
    out += label.name;
    out += '=';
    out += label.value;
  }
  return out;
}

bool IsUrl(std::string_view text) { return !SafeLink(text).empty(); }

class Facts {
 public:
  void Add(std::string_view name, std::string text, Author author = Author::kRule) {
    if (!text.empty()) facts_.push_back({name, std::move(text), Fact::Shape::kText, author});
  }
  void AddLines(std::string_view name, std::string_view text) {
    if (!text.empty()) facts_.push_back({name, std::string(text), Fact::Shape::kLines});
  }
  void AddLink(std::string_view name, std::string_view url) {
    if (!url.empty()) facts_.push_back({name, std::string(url), Fact::Shape::kLink});
  }
  std::vector<Fact> Take() { return std::move(facts_); }

 private:
  std::vector<Fact> facts_;
};

void AddTimes(const AlertView& view, const Phrases& phrases, Facts& out) {
  const NotifiedAlert& alert = *view.alert;
  const std::int64_t until = view.resolved ? alert.ends_at_ms : view.at_ms;
  const std::string lasted = DurationText(until - alert.starts_at_ms, phrases);
  if (view.resolved) {
    const auto [from, to] = SpanText(alert.starts_at_ms, alert.ends_at_ms);
    out.Add(phrases.lasted, phrases.span(lasted, from, to));
  } else if (until - alert.starts_at_ms < 1000) {
    out.Add(phrases.since, TimeText(alert.starts_at_ms));
  } else {
    out.Add(phrases.since, TimeText(alert.starts_at_ms) + phrases.ago(lasted));
  }
}

// What to do about it; of one that is over there is nothing to do.
void AddHelp(const LabelPairs& annotations, std::string_view what, const Phrases& phrases,
             Facts& out) {
  std::string_view description = Get(annotations, "description");
  if (description.empty()) description = Get(annotations, "message");
  if (description != what) out.AddLines(phrases.description, description);
  out.AddLines(phrases.action, Get(annotations, "action"));
  const std::string_view runbook = Get(annotations, "runbook");
  if (!IsUrl(runbook)) out.AddLines(phrases.action, runbook);
  const std::string_view url = Get(annotations, "runbook_url");
  out.AddLink(phrases.runbook, url.empty() && IsUrl(runbook) ? runbook : url);
}

}  // namespace

std::string WhatOf(const NotifiedAlert& alert, std::string_view language) {
  const LabelPairs annotations = Localized(alert.annotations, language);
  for (const std::string_view name : {"summary", "message", "description"}) {
    if (const std::string_view text = Get(annotations, name); !text.empty()) {
      return std::string(text);
    }
  }
  const std::string_view name = Get(alert.labels, "alertname");
  return name.empty() ? ToSeriesText(alert.labels) : std::string(name);
}

std::string WhereOf(const NotifiedAlert& alert, const LabelPairs& host) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::string part) {
    if (part.empty() || std::find(parts.begin(), parts.end(), part) != parts.end()) return;
    parts.push_back(std::move(part));
  };
  add(FirstOf(alert.labels, host, kIdNames));
  add(FirstOf(alert.labels, host, kHostNames));
  add(std::string(Get(alert.labels, kInstance)));
  add(FirstOf(alert.labels, host, kAddressNames));
  add(FirstOf(alert.labels, host, kRegionNames));
  add(FirstOf(alert.labels, host, kZoneNames));
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += kBetween;
    out += part;
  }
  return out;
}

std::string HostNameOf(const LabelPairs& labels, const LabelPairs& host) {
  for (const Names names : {Names(kHostNames), Names(kIdNames), Names(kAddressNames)}) {
    std::string name = FirstOf(labels, host, names);
    if (!name.empty()) return name;
  }
  return std::string(Get(labels, kInstance));
}

std::string EvidenceText(const NotifiedAlert& alert, std::string_view language) {
  std::string out;
  for (const Evidence& evidence : alert.evidence) {
    const std::string summary = Summary(evidence, language);
    if (summary.empty()) continue;
    if (!out.empty()) out += "; ";
    out += summary;
  }
  return out;
}

std::vector<Fact> FactsOf(const AlertView& view, const Telling& telling) {
  const NotifiedAlert& alert = *view.alert;
  const Phrases& phrases = PhrasesOf(telling.language);
  const LabelPairs annotations = Localized(alert.annotations, telling.language);
  Facts out;
  out.Add(phrases.severity, SeverityText(Get(alert.labels, "severity"), telling.language),
          Author::kForeign);
  out.Add(phrases.where, WhereOf(alert, *telling.host), Author::kForeign);
  out.Add(phrases.labels, LabelsText(alert.labels), Author::kForeign);
  AddTimes(view, phrases, out);
  out.Add(view.resolved ? phrases.value_at_end : phrases.value,
          ValueText(alert.value, Get(annotations, "ecsward_unit")));
  if (!view.resolved) {
    out.Add(phrases.evidence, EvidenceText(alert, telling.language), Author::kForeign);
    AddHelp(annotations, WhatOf(alert, telling.language), phrases, out);
  }
  return out.Take();
}

}  // namespace ecsward::notify
