#include "exporters/notify/config_links.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/suggest.h"

namespace ecsward::notify {
namespace {

using Onward = NameUses::Onward;

class LinkChecker {
 public:
  LinkChecker(ConfigReader& reader, const RoutingConfig& config) : reader_(reader) {
    for (const Receiver& receiver : config.receivers) {
      receivers_[receiver.name] |= !receiver.channels.empty();
    }
    for (const auto& [name, intervals] : config.time_intervals) intervals_.push_back(name);
  }

  void Check() {
    for (const NameUse& use : reader_.uses.receivers) CheckReceiver(use);
    for (const NameUse& use : reader_.uses.time_intervals) {
      if (std::find(intervals_.begin(), intervals_.end(), use.name) == intervals_.end()) {
        reader_.Add(use.spot, fmt::format("there is no time interval \"{}\"{}", Shown(use.name),
                                          DidYouMean(use.name, intervals_)));
      }
    }
    for (const Onward& onward : reader_.uses.onward) CheckOnward(onward);
    FindCircles();
  }

 private:
  bool CheckReceiver(const NameUse& use) {
    if (receivers_.contains(use.name)) return true;
    std::vector<std::string_view> names;
    for (const auto& [name, has_channels] : receivers_) names.push_back(name);
    reader_.Add(use.spot, fmt::format("there is no receiver \"{}\"{}", Shown(use.name),
                                      DidYouMean(use.name, names)));
    return false;
  }

  // What falls back must not fall into nothing.
  void CheckOnward(const Onward& onward) {
    if (onward.to.name == onward.from) {
      reader_.Add(onward.to.spot, "want another receiver than the one that this is in");
    } else if (CheckReceiver(onward.to) && !receivers_.at(onward.to.name)) {
      reader_.Add(onward.to.spot,
                  fmt::format("receiver \"{}\" has no channel", Shown(onward.to.name)));
    } else if (onward.fallback) {
      next_[onward.from].push_back(&onward);
    }
  }

  // Walks along the fallbacks; the one that leads back to where the walk has been closes a circle.
  // Without recursion: a chain may be as long as the file.
  void FindCircles() {
    std::set<std::string_view> done;
    for (const auto& [start, unused] : next_) {
      struct Step {
        std::string_view name;
        std::size_t tried = 0;
      };
      std::vector<Step> way;
      std::set<std::string_view> on_way;
      const auto enter = [&](std::string_view name) {
        if (!done.insert(name).second) return;
        way.push_back({name});
        on_way.insert(name);
      };
      enter(start);
      while (!way.empty()) {
        Step& step = way.back();
        const auto fallbacks = next_.find(step.name);
        if (fallbacks == next_.end() || step.tried == fallbacks->second.size()) {
          on_way.erase(step.name);
          way.pop_back();
          continue;
        }
        const Onward& onward = *fallbacks->second[step.tried++];
        if (!on_way.contains(onward.to.name)) {
          enter(onward.to.name);
          continue;
        }
        std::string circle;
        auto it = std::find_if(way.begin(), way.end(),
                               [&](const Step& s) { return s.name == onward.to.name; });
        for (; it != way.end(); ++it) circle += Shown(it->name) + " → ";
        reader_.Add(onward.to.spot, "fallbacks go in a circle: " + circle + Shown(onward.to.name));
      }
    }
  }

  ConfigReader& reader_;
  std::map<std::string_view, bool> receivers_;  // whether it has channels
  std::vector<std::string_view> intervals_;
  std::map<std::string_view, std::vector<const Onward*>> next_;
};

}  // namespace

void CheckLinks(ConfigReader& reader, const RoutingConfig& config) {
  LinkChecker(reader, config).Check();
}

}  // namespace ecsward::notify
