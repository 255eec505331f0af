#include "tests/fuzz/notify_config_targets.h"

#include <cstdlib>
#include <string>

#include "exporters/notify/matchers.h"
#include "exporters/notify/notify_config.h"
#include "exporters/notify/time_interval_parse.h"
#include "rules/rule_yaml.h"

namespace ecsward {

// What was taken is taken again as it is printed.
void FuzzMatchers(std::string_view t) {
  const auto matchers = notify::ParseMatchers(t);
  if (!matchers) return;
  for (const LabelMatcher& matcher : *matchers) {
    (void)matcher.Matches(t);
    std::string text = matcher.name() + std::string(ToString(matcher.type())) + "\"";
    for (const char c : matcher.value()) {
      if (c == '"' || c == '\\') text += '\\';
      text += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    const auto again = notify::ParseMatchers(text + "\"");
    if (!again || again->size() != 1 || !(again->front() == matcher)) std::abort();
  }
}

// What stands below `alerting`. A configuration without a problem names only what it defines.
void FuzzNotifyConfig(std::string_view t) {
  const YamlDocument document = LoadRuleYaml(t);
  if (document.problem) return;
  const auto parsed = notify::ParseNotify(document.root, nullptr);
  for (const notify::NotifyProblem& problem : parsed.problems) {
    if (problem.key.empty() || problem.message.empty()) std::abort();
  }
  if (!parsed.problems.empty()) return;
  const notify::RoutingConfig& config = parsed.config;
  if (config.route && config.Find(config.route->receiver) == nullptr) std::abort();
  for (const notify::Receiver& receiver : config.receivers) {
    for (const notify::ChannelConfig& channel : receiver.channels) {
      for (const auto& option : channel.spec->options) (void)channel.settings.Get(option.name);
      const std::string& fallback = channel.fallback.receiver;
      if (!fallback.empty() && config.Find(fallback) == nullptr) std::abort();
    }
  }
}

void FuzzTimeInterval(std::string_view t) {
  using Range = notify::TimeInterval::Range;
  const auto within = [](const Result<Range>& range, int low, int high) {
    if (range && (range->begin < low || range->end > high)) std::abort();
  };
  within(notify::ParseWeekdays(t), 0, 6);
  within(notify::ParseDaysOfMonth(t), -31, 31);
  within(notify::ParseMonths(t), 1, 12);
  (void)notify::ParseYears(t);
  const auto minute = notify::ParseMinuteOfDay(t);
  if (minute && (*minute < 0 || *minute > 1440)) std::abort();
  (void)notify::IsZoneName(t);
}

}  // namespace ecsward
