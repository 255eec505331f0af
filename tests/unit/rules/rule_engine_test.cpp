#include "rules/rule_engine.h"

#include <gtest/gtest.h>

#include "tests/unit/allocation_counter.h"
#include "tests/unit/rules/engine_world.h"

namespace ecsward {
namespace {

using Texts = std::vector<std::string>;

// Answers when the test says so.
class LateEvidence final : public EvidenceSource {
 public:
  void Expect(EvidenceKind kind) override {
    calls.push_back("expect " + std::string(ToString(kind)));
  }
  void Ask(const EvidenceQuestion& question, std::function<void(Evidence)> done) override {
    calls.push_back("ask " + std::string(ToString(question.kind)));
    waiting.emplace_back(question.kind, std::move(done));
  }
  void Answer() {
    for (auto& [kind, done] : waiting) {
      Evidence evidence;
      evidence.kind = kind;
      evidence.offenders = {{"php-fpm", 7, 0.61, 2}};
      done(evidence);
    }
    waiting.clear();
  }

  Texts calls;
  std::vector<std::pair<EvidenceKind, std::function<void(Evidence)>>> waiting;
};

Rule WithEvidence(std::string kinds, std::int64_t for_s = 0) {
  Rule rule = AlertingRuleOf("Down", "up == 0", for_s);
  rule.annotations = {{"ecsward_evidence", std::move(kinds)}};
  return rule;
}

TEST(RuleEngineEvidence, IsExpectedWhenPendingAndAskedForWhenFiring) {
  LateEvidence source;
  EngineWorld world({}, &source);
  world.Load({WithEvidence("cpu, memory", 60)});
  world.Set("up", 0);
  world.Run(60);
  EXPECT_EQ(source.calls, (Texts{"expect cpu", "expect memory"}));
  world.Run(120);
  EXPECT_EQ(source.calls, (Texts{"expect cpu", "expect memory", "ask cpu", "ask memory"}));
  world.Run(180);
  EXPECT_EQ(source.calls.size(), 4u);
}

TEST(RuleEngineEvidence, ComesToTheAlertWithTheNextRun) {
  LateEvidence source;
  EngineWorld world({}, &source);
  world.Load({WithEvidence("cpu")});
  world.Set("up", 0);
  world.Run(60);
  source.Answer();
  EXPECT_TRUE(world.engine.Alerts()[0].alert.evidence.empty());
  EXPECT_EQ(world.Changes(), Texts{"Down inactive>firing"});
  world.engine.RunDue(60'001);
  const Alert alert = world.engine.Alerts()[0].alert;
  ASSERT_EQ(alert.evidence.size(), 1u);
  EXPECT_EQ(Get(alert.annotations, "evidence"), "php-fpm 61 %");
  EXPECT_EQ(world.Changes(), Texts{"Down firing>firing evidence"});
}

TEST(RuleEngineEvidence, MayComeWhenTheEngineIsGone) {
  LateEvidence source;
  {
    EngineWorld world({}, &source);
    world.Load({WithEvidence("cpu")});
    world.Set("up", 0);
    world.Run(60);
  }
  source.Answer();
}

TEST(RuleEngineEvidence, OfAnUnknownKindIsAProblemOfTheRule) {
  EngineWorld world;
  world.Load({WithEvidence("cpu, disc")});
  world.Run(60);
  EXPECT_EQ(world.LastError(),
            "ecsward_evidence: want cpu, memory, disk, network or port, got \"disc\"");
  EXPECT_FALSE(world.engine.Statuses()[0].healthy);
}

TEST(RuleEngineLoad, KeepsTimersOfRulesThatAreTheSame) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "up == 0", 120);
  rule.annotations = {{"summary", "old"}};
  world.Load({rule});
  world.Set("up", 0);
  world.Run(60);
  rule.annotations = {{"summary", "new"}};
  world.Load({AlertingRuleOf("Other", "up == 7"), rule}, 61);
  EXPECT_EQ(world.Alerts(), Texts{"Down pending"});
  world.Run(180);
  EXPECT_EQ(world.Alerts(), Texts{"Down firing"});
  EXPECT_EQ(world.engine.Alerts()[0].alert.annotations[0].value, "new");
}

TEST(RuleEngineLoad, ResolvesTheAlertsOfARuleThatIsGone) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0")});
  world.Set("up", 0);
  world.Run(60);
  world.Load({AlertingRuleOf("Down", "up < 1")}, 100);
  EXPECT_EQ(world.Alerts(), Texts{"Down inactive"});
  EXPECT_EQ(world.Changes(), (Texts{"Down inactive>firing", "Down firing>inactive"}));
  EXPECT_EQ(world.engine.Alerts()[0].alert.resolved_at_ms, 100'000);
  world.Set("up", 1);
  world.Run(160);
  world.Run(100 + 901);
  EXPECT_EQ(world.Alerts(), Texts{});
}

TEST(RuleEngineLoad, EndsTheSeriesOfARuleThatIsGone) {
  EngineWorld world;
  const LabelPairs doubled = {{"__name__", "doubled"}}, copy = {{"__name__", "copy"}};
  world.Load({RecordingRuleOf("doubled", "up * 2"), RecordingRuleOf("copy", "up")});
  world.Set("up", 1);
  world.Run(60);
  world.Load({RecordingRuleOf("doubled", "up + up")}, 100);
  world.Run(120);
  EXPECT_EQ(world.At(doubled, 120), "2");  // another rule writes it now
  EXPECT_EQ(world.At(copy, 120), "stale");
}

TEST(RuleEngineLoad, EndsTheSeriesOfAGroupThatIsGone) {
  EngineWorld world;
  world.Load({RecordingRuleOf("copy", "up")});
  world.Set("up", 1);
  world.Run(60);
  world.engine.Load({}, 100'000);
  EXPECT_EQ(world.At({{"__name__", "copy"}}, 100), "stale");
}

SavedAlerts Saved(const EngineWorld& world, std::int64_t at_s) {
  return {at_s * 1000, world.engine.Alerts()};
}

TEST(RuleEngineRestore, GoesOnWithTheTimerWithoutTheTimeAway) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0", 300)});
  before.Set("up", 0);
  before.Run(0);
  before.Run(240);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up == 0", 300)});
  after.engine.Restore(Saved(before, 240), 840'000);
  EXPECT_EQ(after.Alerts(), Texts{"Down pending"});
  after.Set("up", 0);
  after.Run(840);
  after.Run(899);
  EXPECT_EQ(after.Alerts(), Texts{"Down pending"});
  after.Run(900);
  EXPECT_EQ(after.Alerts(), Texts{"Down firing"});
  EXPECT_EQ(after.Changes(), Texts{"Down pending>firing"});
}

TEST(RuleEngineRestore, LeavesAFiringAlertFiringAndSilent) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0", 60)});
  before.Set("up", 0);
  before.Run(0);
  before.Run(60);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up == 0", 60)});
  after.engine.Restore(Saved(before, 60), 120'000);
  after.Set("up", 0);
  after.Run(120);
  EXPECT_EQ(after.Alerts(), Texts{"Down firing"});
  EXPECT_EQ(after.engine.Alerts()[0].alert.fired_at_ms, 60'000);
  EXPECT_EQ(after.Changes(), Texts{});
}

TEST(RuleEngineRestore, ResolvesWhatTheSecondEvaluationDoesNotGive) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0")});
  before.Set("up", 0);
  before.Run(0);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up == 0")});
  after.engine.Restore(Saved(before, 0), 120'000);
  after.Set("up", 1);
  after.Run(120);
  EXPECT_EQ(after.Alerts(), Texts{"Down firing"});
  after.Run(135);
  EXPECT_EQ(after.Alerts(), Texts{"Down inactive"});
  EXPECT_EQ(after.Changes(), Texts{"Down firing>inactive"});
}

TEST(RuleEngineRestore, KeepsTheTimerOfARateThatHasTooFewSamplesYet) {
  const auto rules = [] {
    return std::vector<Rule>{AlertingRuleOf("Busy", "rate(x[1m]) > 0", 60)};
  };
  EngineWorld before;
  before.Load(rules());
  for (const int s : {0, 15, 30, 45}) {
    before.Set("x", s);
    before.Run(s);
  }
  ASSERT_EQ(before.Alerts(), Texts{"Busy pending"});

  EngineWorld after;  // without the history
  after.Load(rules());
  after.engine.Restore(Saved(before, 45), 60'000);
  for (const int s : {60, 75}) {
    after.Set("x", s);
    after.Run(s);
    EXPECT_EQ(after.Alerts(), Texts{"Busy pending"}) << s;
  }
  after.Set("x", 90);
  after.Run(90);  // 30 s before and 30 s now
  EXPECT_EQ(after.Alerts(), Texts{"Busy firing"});
  EXPECT_EQ(after.Changes(), Texts{"Busy pending>firing"});
}

TEST(RuleEngineRestore, CountsAClockThatWasSetBackAsNoTime) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0", 60)});
  before.Set("up", 0);
  before.Run(7200);
  before.Run(7230);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up == 0", 60)});
  after.engine.Restore(Saved(before, 7230), 100'000);
  after.Set("up", 0);
  after.Run(129);
  EXPECT_EQ(after.Alerts(), Texts{"Down pending"});
  after.Run(130);
  EXPECT_EQ(after.Alerts(), Texts{"Down firing"});
}

TEST(RuleEngineRestore, ForgetsWhatIsOlderThanTheTolerance) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0", 60), AlertingRuleOf("Gone", "up == 0")});
  before.Set("up", 0);
  before.Run(0);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up == 0", 60), AlertingRuleOf("Gone", "up == 0")});
  after.engine.Restore(Saved(before, 0), 3'600'001);
  EXPECT_EQ(after.Changes(), (Texts{"Down pending>inactive", "Gone firing>inactive"}));
  EXPECT_EQ(after.engine.figures().pending, 0u);
}

TEST(RuleEngineRestore, ResolvesAnAlertWhoseRuleIsGone) {
  EngineWorld before;
  before.Load({AlertingRuleOf("Down", "up == 0")});
  before.Set("up", 0);
  before.Run(0);

  EngineWorld after;
  after.Load({AlertingRuleOf("Down", "up < 1")});
  after.engine.Restore(Saved(before, 0), 60'000);
  EXPECT_EQ(after.Alerts(), Texts{"Down inactive"});
  EXPECT_EQ(after.Changes(), Texts{"Down firing>inactive"});
}

TEST(RuleEngineShift, MovesTimersWithTheClock) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0", 60)});
  world.Set("up", 0);
  world.Run(60);
  world.history.Shift(-30'000);
  world.engine.Shift(-30'000);
  world.Run(89);
  EXPECT_EQ(world.Alerts(), Texts{"Down pending"});
  world.Run(90);
  EXPECT_EQ(world.Alerts(), Texts{"Down firing"});
}

TEST(RuleEngineNeeds, AreThoseOfExpressionsAndOfQueriesInTemplates) {
  EngineWorld world;
  Rule rule = AlertingRuleOf("Down", "rate(up[10m]) == 0");
  rule.annotations = {
      {"a", R"({{ query "load[1h]" }} {{ query `x{a="b"}` }} {{ query .Labels.q }})"},
      {"b", "no query \"y\""}};
  world.Load({rule});
  Texts needs;
  for (const auto& need : world.engine.Needs()) {
    needs.push_back(need.matchers.back().value() + " " +
                    std::to_string(need.keep.count() / 60'000));
  }
  std::sort(needs.begin(), needs.end());
  EXPECT_EQ(needs.size(), 3u);
}

TEST(RuleEngineRun, AllocatesNothingAsLongAsNothingChanges) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0"), RecordingRuleOf("doubled", "up * 2"),
              AlertingRuleOf("Steady", "up == 1", 3600)});
  const History::Id up = world.history.Open(world.labels.Make(LabelPairs{{"__name__", "up"}}));
  std::uint64_t least = ~std::uint64_t{0};  // a block of the history is opened now and then
  for (std::int64_t now = 1000; now < 300'000; now += 1000) {
    world.history.Append(up, {now, 2});
    const std::uint64_t before = AllocationsOfThisThread();
    world.engine.RunAll(now);
    least = std::min(least, AllocationsOfThisThread() - before);
  }
  EXPECT_EQ(least, 0u);
}

// Ticks come some milliseconds late, one later than the other.
TEST(RuleEngineRun, CountsForInWholeIntervalsHoweverLateTicksAre) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0", 60)});
  const History::Id up = world.history.Open(world.labels.Make({{kMetricName, "up"}}));
  std::int64_t pending_s = 0;
  std::int64_t now_s = 0;
  for (bool firing = false; !firing && now_s < 200;) {
    const std::int64_t now_ms = ++now_s * 1000 + (pending_s == 0 ? 90 : 10);
    world.history.Append(up, {now_ms, 0});
    world.engine.RunDue(now_ms);
    if (pending_s == 0 && !world.Alerts().empty()) pending_s = now_s;
    firing = world.Alerts() == Texts{"Down firing"};
  }
  EXPECT_EQ(now_s - pending_s, 60);
}

TEST(RuleEngineFigures, CountRulesAndAlerts) {
  EngineWorld world;
  world.Load({AlertingRuleOf("Down", "up == 0"), AlertingRuleOf("Soon", "up == 0", 60),
              RecordingRuleOf("copy", "up")});
  world.Set("up", 0);
  world.Run(60);
  const RuleEngineFigures figures = world.engine.figures();
  EXPECT_EQ(figures.rules, 3u);
  EXPECT_EQ(figures.groups, 1u);
  EXPECT_EQ(figures.evaluations, 3u);
  EXPECT_EQ(figures.firing, 1u);
  EXPECT_EQ(figures.pending, 1u);
}

}  // namespace
}  // namespace ecsward
