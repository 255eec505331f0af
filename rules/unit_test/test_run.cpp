#include "rules/unit_test/test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "metrics/history.h"
#include "rules/alert_templates.h"
#include "rules/promql/duration.h"
#include "rules/promql/parser.h"
#include "rules/rule_engine.h"
#include "rules/unit_test/input_feed.h"
#include "rules/unit_test/report.h"

namespace ecsward {
namespace {

constexpr std::uint64_t kMaxSamples = 10'000;  // promtool's

RuleEngineOptions OptionsOf(const UnitTest& test, std::int64_t evaluation_interval_ms) {
  RuleEngineOptions options;
  options.evaluation_interval_ms = evaluation_interval_ms;
  options.query.default_subquery_step = std::chrono::milliseconds(evaluation_interval_ms);
  options.query.max_samples = kMaxSamples;
  options.query.carry_windows_on = false;
  options.external_labels = Normalized(test.external_labels);
  options.external_url = test.external_url;
  return options;
}

class Run {
 public:
  Run(const UnitTest& test, InputFeed feed, std::int64_t interval_ms)
      : test_(test),
        feed_(std::move(feed)),
        interval_ms_(interval_ms),
        options_(OptionsOf(test, interval_ms)),
        engine_(history_, options_) {}

  std::vector<std::string> Check(const std::vector<RuleGroup>& groups) {
    engine_.Load(groups, 0);
    std::map<std::int64_t, std::vector<const AlertCase*>> cases;  // by time
    for (const AlertCase& one : test_.alert_cases) cases[one.eval_time_ms].push_back(&one);
    auto next = cases.begin();
    const std::int64_t end = LastTime();
    for (std::int64_t now = 0; now <= end; now += interval_ms_) {
      if (!Evaluate(now)) return std::move(errors_);
      // A case between two evaluations sees the one before it.
      for (; next != cases.end() && next->first < now + interval_ms_; ++next) {
        CheckAlerts(next->second);
      }
    }
    for (const ExprCase& one : test_.expr_cases) CheckExpr(one);
    return std::move(errors_);
  }

 private:
  std::int64_t LastTime() const {
    std::int64_t last = 0;
    for (const AlertCase& one : test_.alert_cases) last = std::max(last, one.eval_time_ms);
    for (const ExprCase& one : test_.expr_cases) last = std::max(last, one.eval_time_ms);
    return last;
  }

  // False: a rule failed, and there is nothing more to learn.
  bool Evaluate(std::int64_t now) {
    if (auto ok = feed_.WriteTill(now, history_); !ok) {
      errors_.push_back(ok.error().message);
      return true;
    }
    const std::uint64_t failures = engine_.figures().failures;
    engine_.RunAll(now);
    if (engine_.figures().failures == failures) return true;
    for (const RuleStatus& status : engine_.Statuses()) {
      if (status.last_error.empty()) continue;
      errors_.push_back(fmt::format("    rule: {}, time: {}, err: {}", status.rule, GoDuration(now),
                                    status.last_error));
    }
    return false;
  }

  void CheckAlerts(const std::vector<const AlertCase*>& cases) {
    const std::vector<RuleAlert> alerts = engine_.Alerts();
    for (const AlertCase* const one : cases) {
      std::vector<FiringAlert> expected, got;
      for (const ExpectedAlert& alert : one->alerts) {
        LabelPairs labels = alert.labels;
        std::erase_if(labels, [](const LabelPair& pair) { return pair.name == "alertname"; });
        labels.push_back({"alertname", one->alertname});
        std::sort(labels.begin(), labels.end());
        expected.push_back({std::move(labels), alert.annotations});
      }
      for (const RuleAlert& alert : alerts) {
        if (alert.rule != one->alertname || alert.alert.state != AlertState::kFiring) continue;
        got.push_back({alert.alert.labels, alert.alert.annotations});
      }
      Sort(expected);
      Sort(got);
      if (expected == got) continue;
      errors_.push_back(AlertFailure(test_.name, one->alertname, one->eval_time_ms, expected, got));
    }
  }

  void CheckExpr(const ExprCase& one) {
    const auto fail = [&](std::string_view error) {
      errors_.push_back(ExprError(one.expr, one.eval_time_ms, error));
    };
    auto expr = promql::Parse(one.expr);
    if (!expr) return fail(expr.error().ToString());
    promql::Query query(std::move(*expr), history_, options_.query);
    promql::Vector scratch;
    const auto result = InstantVector(query, one.eval_time_ms, scratch);
    if (!result) return fail(result.error().message);
    std::vector<ValuedSeries> expected, got;
    for (const promql::VectorSample& sample : **result) {
      got.push_back({sample.labels.pairs(), sample.value});
    }
    for (const ExpectedSample& sample : one.samples) {
      auto labels = ParseSeriesLabels(sample.labels);
      if (!labels) {
        return fail(fmt::format("labels \"{}\": {}", sample.labels, labels.error().message));
      }
      expected.push_back({std::move(*labels), sample.value});
    }
    Sort(expected);
    Sort(got);
    if (Same(expected, got)) return;
    errors_.push_back(ExprFailure(one.expr, one.eval_time_ms, expected, got));
  }

  const UnitTest& test_;
  InputFeed feed_;
  const std::int64_t interval_ms_;
  const RuleEngineOptions options_;
  LabelTable labels_;
  History history_{labels_};
  RuleEngine engine_;
  std::vector<std::string> errors_;
};

}  // namespace

std::vector<std::string> RunUnitTest(const UnitTest& test, const std::vector<RuleGroup>& groups,
                                     std::int64_t evaluation_interval_ms) {
  auto feed = InputFeed::Make(test);
  if (!feed) return {std::move(feed).error().message};
  for (const AlertCase& one : test.alert_cases) {
    if (!one.alertname.empty()) continue;
    const std::string where = test.name.empty() ? "" : fmt::format(" (in TestGroup {})", test.name);
    return {
        fmt::format("an item under alert_rule_test misses required attribute alertname at "
                    "eval_time {}{}",
                    promql::FormatDuration(one.eval_time_ms), where)};
  }
  return Run(test, std::move(*feed), evaluation_interval_ms).Check(groups);
}

}  // namespace ecsward
