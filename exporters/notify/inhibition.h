// Which alerts keep others quiet: inhibit_rules over the alerts that fire now.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "exporters/notify/routing.h"

namespace ecsward::notify {

// An alert is looked up by the values of a rule's `equal` labels, so that a question costs the same
// with ten sources and with ten thousand.
class Inhibition {
 public:
  explicit Inhibition(const std::vector<InhibitRule>& rules);  // these outlive it

  // An alert fires, or no longer does. Both may be said more than once.
  void Add(std::uint64_t fingerprint, const LabelPairs& labels);
  void Remove(std::uint64_t fingerprint, const LabelPairs& labels);

  bool Mutes(const LabelPairs& labels) const;
  // Who mutes it, sorted.
  std::vector<std::uint64_t> SourcesOf(const LabelPairs& labels) const;

 private:
  // Alerts with the same values of the `equal` labels.
  struct Sources {
    std::unordered_map<std::uint64_t, bool> also_target;  // by fingerprint
    std::size_t one_sided = 0;                            // those that are no targets themselves
  };
  struct Rule {
    const InhibitRule* rule = nullptr;
    std::unordered_map<std::string, Sources> sources;  // by EqualKey
  };
  template <class Visit>
  bool AnyOf(const LabelPairs& labels, Visit visit) const;

  std::vector<Rule> rules_;
};

}  // namespace ecsward::notify
