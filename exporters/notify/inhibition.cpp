#include "exporters/notify/inhibition.h"

#include <algorithm>

namespace ecsward::notify {
namespace {

// A label that neither alert has is equal in both.
std::string EqualKey(const InhibitRule& rule, const LabelPairs& labels) {
  std::string key;
  for (const std::string& name : rule.equal) key.append(Get(labels, name)).push_back('\xff');
  return key;
}

}  // namespace

Inhibition::Inhibition(const std::vector<InhibitRule>& rules) {
  for (const InhibitRule& rule : rules) rules_.push_back({&rule, {}});
}

void Inhibition::Add(std::uint64_t fingerprint, const LabelPairs& labels) {
  for (Rule& one : rules_) {
    if (!MatchesAll(one.rule->source, labels)) continue;
    const bool also_target = MatchesAll(one.rule->target, labels);
    Sources& sources = one.sources[EqualKey(*one.rule, labels)];
    const bool added = sources.also_target.emplace(fingerprint, also_target).second;
    if (added && !also_target) ++sources.one_sided;
  }
}

void Inhibition::Remove(std::uint64_t fingerprint, const LabelPairs& labels) {
  for (Rule& one : rules_) {
    if (!MatchesAll(one.rule->source, labels)) continue;
    const auto sources = one.sources.find(EqualKey(*one.rule, labels));
    if (sources == one.sources.end()) continue;
    auto& by_fingerprint = sources->second.also_target;
    const auto it = by_fingerprint.find(fingerprint);
    if (it == by_fingerprint.end()) continue;
    if (!it->second) --sources->second.one_sided;
    by_fingerprint.erase(it);
    if (by_fingerprint.empty()) one.sources.erase(sources);
  }
}

// Calls `visit(sources, one_sided_only)` for each rule that mutes, until it says true. An alert
// that matches both sides of a rule is muted only by those that do not: none mutes itself, and no
// two mute each other.
template <class Visit>
bool Inhibition::AnyOf(const LabelPairs& labels, Visit visit) const {
  for (const Rule& one : rules_) {
    if (one.sources.empty() || !MatchesAll(one.rule->target, labels)) continue;
    const auto it = one.sources.find(EqualKey(*one.rule, labels));
    if (it == one.sources.end()) continue;
    const bool one_sided_only = MatchesAll(one.rule->source, labels);
    if (one_sided_only && it->second.one_sided == 0) continue;
    if (visit(it->second, one_sided_only)) return true;
  }
  return false;
}

bool Inhibition::Mutes(const LabelPairs& labels) const {
  return AnyOf(labels, [](const Sources&, bool) { return true; });
}

std::vector<std::uint64_t> Inhibition::SourcesOf(const LabelPairs& labels) const {
  std::vector<std::uint64_t> out;
  AnyOf(labels, [&out](const Sources& sources, bool one_sided_only) {
    for (const auto& [fingerprint, also_target] : sources.also_target) {
      if (!also_target || !one_sided_only) out.push_back(fingerprint);
    }
    return false;
  });
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace ecsward::notify
