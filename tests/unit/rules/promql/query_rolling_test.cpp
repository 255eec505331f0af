// What a Query carries from one evaluation to the next must not show: at each of many moments it
// equals one that has never been evaluated before, and a steady evaluation takes nothing from the
// heap.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>

#include "metrics/series_set.h"
#include "rules/promql/parser.h"
#include "tests/unit/allocation_counter.h"
#include "tests/unit/rules/promql/random_expr.h"
#include "tests/unit/rules/promql/stored_series.h"

namespace ecsward::promql {
namespace {

constexpr std::int64_t kSlotMs = 30'000;
constexpr int kSlots = 90;

// A history that grows as the moments pass, as on a host.
class GrowingHistory {
 public:
  explicit GrowingHistory(std::uint64_t seed) : series_(RandomSeries(seed, kSlots)) {}

  void GrowTo(std::int64_t time_ms) {
    for (; next_ < kSlots && next_ * kSlotMs <= time_ms; ++next_) {
      for (const RandomOne& one : series_) {
        const auto slot = static_cast<std::size_t>(next_);
        if (slot >= one.values.size() || one.values[slot].kind == Slot::Kind::kNone) continue;
        const Slot& value = one.values[slot];
        const History::Id id = stored_.history().Open(stored_.Make(one.selector));
        stored_.history().Append(
            id, {next_ * kSlotMs, value.kind == Slot::Kind::kStale ? StaleValue() : value.value});
      }
    }
  }
  const History& history() { return stored_.history(); }

 private:
  const std::vector<RandomOne> series_;
  StoredSeries stored_;
  std::int64_t next_ = 0;
};

bool Near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-12 * std::max({std::abs(a), std::abs(b), 1e-9});
}

bool Same(const Value& a, const Value& b) {
  if (a.type == ValueType::kScalar) return Near(a.scalar, b.scalar);
  if (a.vector.size() != b.vector.size()) return false;
  for (std::size_t i = 0; i < a.vector.size(); ++i) {
    if (!(a.vector[i].labels == b.vector[i].labels)) return false;
    if (!Near(a.vector[i].value, b.vector[i].value)) return false;
  }
  return true;
}

std::string Told(const Result<const Value*>& result) {
  return result ? ToText(**result) : result.error().message;
}

// Values that went through functions without bounds, or comparisons of nearly equal numbers, show
// the last bits of a window's sum; such expressions are left to the tests of the functions.
bool ShowsLastBits(const std::string& text) {
  for (const char* part : {"%",
                           "^",
                           "==",
                           "!=",
                           "<",
                           ">",
                           "count_values",
                           "topk",
                           "bottomk",
                           "minute",
                           "day_of",
                           "floor",
                           "ceil",
                           "round",
                           "sgn",
                           "changes",
                           "resets",
                           "sin(",
                           "exp(",
                           "deg(",
                           "sort",
                           "deriv",
                           "predict_linear",
                           "stddev",
                           "stdvar",
                           "ln(",
                           "sqrt("}) {
    if (text.find(part) != std::string::npos) return true;
  }
  return false;
}

void ExpectSameAsFresh(std::uint64_t seed, int expressions) {
  RandomExpr random(seed);
  int compared = 0;
  while (compared < expressions) {
    const std::string text = random.Next();
    if (ShowsLastBits(text)) continue;
    ++compared;
    GrowingHistory growing(seed + static_cast<std::uint64_t>(compared) % 7);
    Query query(Parse(text).value(), growing.history());
    // At first every 7 s, then with a jump, on the grid of the slots, and once back.
    std::vector<std::int64_t> times;
    for (std::int64_t t = 0; t < 250; t += 7) times.push_back(t);
    for (const std::int64_t t : {1300, 1307, 1500, 1530, 1560, 1560, 1575, 900, 915, 930}) {
      times.push_back(t);
    }
    for (std::int64_t t = 1600; t < 2000; t += 15) times.push_back(t);
    for (const std::int64_t t : times) {
      growing.GrowTo(t * 1000);
      Query fresh(Parse(text).value(), growing.history());
      const auto got = query.At(t * 1000), want = fresh.At(t * 1000);
      const bool same = got && want ? Same(**got, **want) : !got && !want;
      ASSERT_TRUE(same) << text << " at " << t << "\n got  " << Told(got) << "\n want "
                        << Told(want);
    }
  }
}

class RollingQuery : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RollingQuery, EqualsAFreshOneAtEveryMoment) { ExpectSameAsFresh(GetParam(), 50); }

INSTANTIATE_TEST_SUITE_P(Seeds, RollingQuery, testing::Values(1, 1001, 2002, 3003, 4004));

TEST(RollingQueryBetween, EqualsAtStepByStep) {
  RandomExpr random(7);
  GrowingHistory growing(7);
  growing.GrowTo(kSlots * kSlotMs);
  for (int i = 0; i < 100; ++i) {
    const std::string text = random.Next();
    // start() and end() mean other moments there; sorting means nothing.
    if (ShowsLastBits(text) || text.find("()") != std::string::npos) continue;
    Query stepping(Parse(text).value(), growing.history());
    const auto matrix = stepping.Between(0, 2'000'000, 50'000);
    if (!matrix) continue;  // two series that become one, at different moments
    std::map<std::int64_t, std::size_t> points;
    for (const MatrixSeries& series : *matrix) {
      for (const Sample& sample : series.samples) {
        ++points[sample.time_ms];
        Query fresh(Parse(text).value(), growing.history());
        const auto value = fresh.At(sample.time_ms);
        ASSERT_TRUE(value) << text << ": " << value.error().message;
        double want = (*value)->scalar;
        for (const VectorSample& one : (*value)->vector) {
          if (one.labels == series.labels) want = one.value;
        }
        ASSERT_TRUE(Near(sample.value, want))
            << text << " at " << sample.time_ms << ": " << sample.value << ", want " << want;
      }
    }
    for (const auto& [time_ms, count] : points) {
      Query fresh(Parse(text).value(), growing.history());
      const Value& value = **fresh.At(time_ms);
      if (value.type != ValueType::kVector) continue;
      ASSERT_EQ(count, value.vector.size()) << text;
    }
  }
}

// Rules as people write them.
constexpr const char* kRules[] = {
    "up == 0",
    "free / size < 0.1",
    "free / size * 100 < 10 and free < 1e9",
    "1 - avg by (host) (rate(cpu{mode=\"idle\"}[5m])) > 0.9",
    "sum by (mode) (rate(cpu[5m]))",
    "sum without (mode, core) (rate(cpu[5m])) / on (host) group_left () count by (host) (up)",
    "avg_over_time(load[5m]) > 4",
    "max_over_time(load[10m]) - min_over_time(load[10m])",
    "increase(errors[1h]) > 0",
    "predict_linear(free[30m], 86400) < 0",
    "deriv(free[30m])",
    "delta(load[15m]) > bool 1",
    "changes(up[10m]) > 3",
    "stddev_over_time(load[5m])",
    "topk(2, rate(errors[5m]))",
    "quantile by (mode) (0.5, rate(cpu[5m]))",
    "count(up == 1) / count(up)",
    "absent(none{job=\"a\"})",
    "max_over_time(rate(errors[1m])[5m:1m])",
    "time() - timestamp(up) > 60",
    "histogram_quantile(0.9, sum by (le) (rate(wait_bucket[5m])))",
    "free offset 5m - free",
    "label_replace(up, \"short\", \"$1\", \"host\", \"(.).*\")",
    "clamp_max(load, 8) unless on (host) (up == 0)",
};

// Twenty minutes at a sample a second, then steady evaluation.
TEST(SteadyQuery, TakesNothingFromTheHeap) {
  StoredSeries s;
  std::vector<History::Id> ids;
  for (const char* selector :
       {R"(up{host="a"})", R"(up{host="b"})", R"(free{dev="1"})", R"(free{dev="2"})",
        R"(size{dev="1"})", R"(size{dev="2"})", R"(cpu{host="a",core="0",mode="idle"})",
        R"(cpu{host="a",core="0",mode="user"})", R"(cpu{host="a",core="1",mode="idle"})",
        R"(cpu{host="a",core="1",mode="user"})", R"(load{host="a"})", R"(errors{dev="1"})",
        R"(errors{dev="2"})", R"(errors{dev="3"})", R"(wait_bucket{le="1"})",
        R"(wait_bucket{le="2"})", R"(wait_bucket{le="+Inf"})"}) {
    ids.push_back(s.history().Open(s.Make(selector)));
    s.history().SetRetention(ids.back(), std::chrono::minutes(70));
  }
  std::vector<std::unique_ptr<Query>> queries;
  for (const char* rule : kRules) {
    queries.push_back(std::make_unique<Query>(Parse(rule).value(), s.history()));
  }
  std::vector<std::uint64_t> taken(queries.size());
  constexpr std::int64_t kSeconds = 7200, kSteadyFrom = 6000;
  for (std::int64_t second = 0; second < kSeconds; ++second) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      s.history().Append(ids[i],
                         {second * 1000, static_cast<double>(second) * static_cast<double>(i + 1)});
    }
    if (second % 60 == 0) s.history().Trim(second * 1000);
    if (second % 15 != 0) continue;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const std::uint64_t before = AllocationsOfThisThread();
      const auto value = queries[i]->At(second * 1000);
      if (second >= kSteadyFrom) taken[i] += AllocationsOfThisThread() - before;
      ASSERT_TRUE(value) << kRules[i] << ": " << value.error().message;
    }
  }
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_EQ(taken[i], 0u) << kRules[i];
}

}  // namespace
}  // namespace ecsward::promql
