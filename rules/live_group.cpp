#include "rules/live_group.h"

#include <algorithm>

#include "rules/alerting_rule.h"
#include "rules/recording_rule.h"

namespace ecsward {
namespace {

constexpr std::int64_t kMaxEarlyMs = 100;

// FNV-1a, 64 bits.
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Schedule::Schedule(std::int64_t interval_ms, std::string_view key, std::int64_t now_ms)
    : interval_ms_(std::max<std::int64_t>(interval_ms, 1)),
      early_ms_(std::min(interval_ms_ / 10, kMaxEarlyMs)) {
  const auto offset =
      static_cast<std::int64_t>(HashOf(key) % static_cast<std::uint64_t>(interval_ms_));
  std::int64_t since = (now_ms - offset) % interval_ms_;
  if (since < 0) since += interval_ms_;
  next_ms_ = now_ms - since + interval_ms_;
}

std::uint64_t Schedule::Ran(std::int64_t now_ms) {
  next_ms_ += interval_ms_;
  if (next_ms_ > now_ms) return 0;
  const std::int64_t missed = (now_ms - next_ms_) / interval_ms_ + 1;
  next_ms_ += missed * interval_ms_;
  return static_cast<std::uint64_t>(missed);
}

LiveGroup::LiveGroup(RuleGroup group, LiveGroup* before, std::int64_t now_ms,
                     RuleSurroundings& world)
    : key_(KeyOf(group)),
      file_(std::move(group.file)),
      name_(std::move(group.name)),
      limit_(group.limit),
      query_offset_ms_(group.query_offset_ms.value_or(0)),
      schedule_(group.interval_ms != 0 ? group.interval_ms : world.options.evaluation_interval_ms,
                key_, now_ms),
      world_(world) {
  if (before != nullptr && before->schedule_.interval_ms() == schedule_.interval_ms()) {
    schedule_ = before->schedule_;
  }
  rules_.reserve(group.rules.size());
  for (Rule& rule : group.rules) {
    std::string text = RuleText(rule);
    auto live = before == nullptr ? nullptr : before->TakeRule(text);
    if (live != nullptr) {
      live->Renew(std::move(rule));
    } else if (rule.alert.empty()) {
      live = std::make_unique<RecordingRule>(std::move(rule), std::move(text), world);
    } else {
      live = std::make_unique<AlertingRule>(std::move(rule), std::move(text), key_, world);
    }
    rules_.push_back(std::move(live));
  }
}

std::unique_ptr<LiveRule> LiveGroup::TakeRule(const std::string& text) {
  for (auto& rule : rules_) {
    if (rule != nullptr && rule->text() == text) return std::move(rule);
  }
  return nullptr;
}

void LiveGroup::Evaluate(std::int64_t now_ms, std::int64_t slot_ms, RuleEngineFigures& figures) {
  using Clock = std::chrono::steady_clock;
  const EvaluationTime at{now_ms, slot_ms, now_ms - query_offset_ms_, limit_};
  Clock::time_point began = Clock::now();
  for (const auto& rule : rules_) {
    const auto result = rule->Evaluate(at);
    ++figures.evaluations;
    if (!result) {
      ++figures.failures;
      rule->last_error = result.error().message;
    } else if (!rule->last_error.empty()) {
      rule->last_error.clear();
    }
    const Clock::time_point ended = Clock::now();
    rule->took = ended - began;
    rule->evaluated_at_ms = now_ms;
    began = ended;
  }
  for (RuleSeries& series : ending_) series.End(world_.history, at.query_ms);
  ending_.clear();
}

void LiveGroup::Shift(std::int64_t delta_ms) {
  schedule_.Shift(delta_ms);
  for (const auto& rule : rules_) {
    rule->Shift(delta_ms);
    if (rule->evaluated_at_ms != 0) rule->evaluated_at_ms += delta_ms;
  }
}

std::vector<RuleAlert> LiveGroup::Retire(std::int64_t now_ms) {
  std::vector<RuleAlert> resolved;
  for (const auto& rule : rules_) {
    if (rule == nullptr) continue;
    if (!rule->rule().alert.empty()) {
      auto& alerting = static_cast<AlertingRule&>(*rule);
      std::ranges::move(alerting.Resolve(now_ms), std::back_inserter(resolved));
    }
    std::ranges::move(rule->GiveUpSeries(), std::back_inserter(ending_));
  }
  rules_.clear();
  return resolved;
}

void LiveGroup::EndSeries(std::int64_t now_ms) {
  for (RuleSeries& series : ending_) series.End(world_.history, now_ms);
  ending_.clear();
}

void LiveGroup::AdoptEnding(LiveGroup& before) {
  std::ranges::move(before.ending_, std::back_inserter(ending_));
  before.ending_.clear();
}

}  // namespace ecsward
