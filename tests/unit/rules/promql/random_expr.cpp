#include "tests/unit/rules/promql/random_expr.h"

#include <fmt/format.h>

namespace ecsward::promql {

std::string RandomExpr::Pick(std::initializer_list<const char*> choices) {
  return *(choices.begin() + random_() % choices.size());
}

std::string RandomExpr::Shift() {
  if (!Chance(5)) return "";
  return Pick({" offset 3m", " offset 90s", " offset -2m", " @ 1500", " @ start()", " @ end()",
               " offset 1m @ 900", " @ 2000 offset -1m", " offset 7s"});
}

std::string RandomExpr::Selector() {
  return Pick({"c", "c", "g", "g", R"(c{dev="a"})", R"(g{dev!="b"})", R"(c{mode=~"r|w"})",
               R"(g{mode=""})", R"({__name__=~"c|g"})", R"(g{dev=~".+",mode!~"x"})", "b_bucket",
               "none"}) +
         Shift();
}

std::string RandomExpr::Range(int depth) {
  if (depth > 0 && Chance(3)) {
    return "(" + Vector(depth - 1) + ")" + Pick({"[5m:1m]", "[10m:]", "[3m:20s]", "[4m:45s]"}) +
           Shift();
  }
  const std::string range = Pick({"[5m]", "[2m]", "[90s]", "[10m]", "[61s]", "[30s]"});
  std::string selector = Pick({"c", "c", "g", R"(c{dev="a"})", R"(g{dev!="b"})",
                               R"(c{mode=~"r|w"})", R"(g{mode=""})", "b_bucket", "none"});
  return selector + range + Shift();
}

std::string RandomExpr::RangeCall(int depth) {
  if (Chance(8)) {
    return Pick({"quantile_over_time(0.3, ", "quantile_over_time(2, "}) + Range(depth) + ")";
  }
  // With `@` inside a subquery, Prometheus 2.42 sees half of predict_linear's window only.
  if (Chance(8)) {
    const std::string range = Range(depth);
    const bool fixed = range.find('@') != std::string::npos;
    return (fixed ? "deriv(" : "predict_linear(") + range +
           (fixed ? ")" : Pick({", 600)", ", -60)"}));
  }
  if (Chance(8)) return "holt_winters(" + Range(depth) + Pick({", 0.5, 0.1)", ", 0.2, 0.9)"});
  return Pick({"rate", "rate", "increase", "delta", "irate", "idelta", "deriv", "changes", "resets",
               "avg_over_time", "min_over_time", "max_over_time", "sum_over_time",
               "count_over_time", "stddev_over_time", "stdvar_over_time", "last_over_time",
               "present_over_time", "absent_over_time"}) +
         "(" + Range(depth) + ")";
}

std::string RandomExpr::Scalar(int depth) {
  if (depth > 0 && Chance(3)) {
    return "(" + Scalar(depth - 1) +
           Pick({" + ", " - ", " * ", " / ", " % ", " ^ ", " == bool ", " > bool ", " atan2 "}) +
           Scalar(depth - 1) + ")";
  }
  if (depth > 0 && Chance(3)) return "scalar(" + Vector(depth - 1) + ")";
  if (Chance(6)) return "-(" + Scalar(0) + ")";
  return Pick({"0", "1", "2.5", "-3", "1e3", "Inf", "NaN", "time()", "pi()", "0x10", "7"});
}

std::string RandomExpr::Aggregate(int depth) {
  const std::string by = Pick({"", " by (dev)", " by (dev, mode)", " without (mode)",
                               " without (dev, le)", " by ()", " by (__name__)", " by (none)"});
  const std::string vector = Vector(depth - 1);
  if (Chance(3)) {
    return Pick({"topk", "bottomk"}) + by + " (" + Pick({"1", "2", "3", "0", "100"}) + ", " +
           vector + ")";
  }
  if (Chance(6)) return "quantile" + by + " (" + Scalar(0) + ", " + vector + ")";
  if (Chance(8)) return "count_values" + by + " (\"value\", " + vector + ")";
  return Pick({"sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"}) + by + " (" +
         vector + ")";
}

std::string RandomExpr::Binary(int depth) {
  const std::string matching = Pick({" ", " ", " on (dev, mode) ", " ignoring (mode) ", " on () ",
                                     " on (dev) ", " ignoring (le) "});
  if (Chance(4)) {
    return "(" + Vector(depth - 1) + ") " + Pick({"and", "or", "unless"}) + matching + "(" +
           Vector(depth - 1) + ")";
  }
  const std::string op = Pick({"+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">",
                               ">=", "== bool", "> bool", "<= bool"});
  if (Chance(2)) {
    const std::string vector = "(" + Vector(depth - 1) + ")", scalar = Scalar(1);
    return Chance(3) ? scalar + " " + op + " " + vector : vector + " " + op + " " + scalar;
  }
  std::string group = matching == " " ? ""
                                      : Pick({"", "", "group_left () ", "group_right () ",
                                              "group_left (extra) ", "group_right (extra) "});
  return "(" + Vector(depth - 1) + ") " + op + matching + group + "(" + Vector(depth - 1) + ")";
}

std::string RandomExpr::Call(int depth) {
  const std::string vector = Vector(depth - 1);
  if (Chance(3)) {
    return Pick({"abs", "ceil", "floor", "exp", "ln", "sqrt", "sgn", "sin", "atan", "deg", "minute",
                 "day_of_week", "timestamp", "sort", "sort_desc", "absent", "round"}) +
           "(" + vector + ")";
  }
  if (Chance(4)) {
    return "clamp(" + vector + ", " + Scalar(0) + ", " + Scalar(0) + ")";
  }
  if (Chance(4))
    return Pick({"clamp_min(", "clamp_max(", "round("}) + vector + ", " + Scalar(0) + ")";
  if (Chance(4)) return "vector(" + Scalar(1) + ")";
  if (Chance(3)) return "histogram_quantile(" + Scalar(0) + ", b_bucket" + Shift() + ")";
  if (Chance(2)) {
    return "label_replace(" + vector + R"re(, "new", "$1-x", "dev", "(.*)"))re";
  }
  return "label_join(" + vector + R"(, "joined", "/", "dev", "mode"))";
}

std::string RandomExpr::Vector(int depth) {
  if (depth <= 0) return Chance(3) ? RangeCall(0) : Selector();
  switch (random_() % 8) {
    case 0:
      return Selector();
    case 1:
    case 2:
      return RangeCall(depth - 1);
    case 3:
      return Aggregate(depth);
    case 4:
    case 5:
      return Binary(depth);
    case 6:
      return Call(depth);
    default:
      return Chance(2) ? "-(" + Vector(depth - 1) + ")" : "(" + Vector(depth - 1) + ")";
  }
}

std::vector<RandomOne> RandomSeries(std::uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  const auto chance = [&random](unsigned one_in) { return random() % one_in == 0; };
  const auto small = [&random](unsigned below) { return static_cast<double>(random() % below); };
  std::vector<RandomOne> out;
  const auto add = [&](std::string selector, const auto& next) {
    RandomOne one{std::move(selector), {}};
    for (int i = 0; i < count; ++i) {
      if (chance(40)) {
        for (unsigned gap = static_cast<unsigned>(random() % 15); gap > 0 && i + 1 < count; --gap) {
          one.values.push_back(kNone);
          ++i;
        }
      }
      one.values.push_back(chance(60) ? kStale : Slot(next()));
    }
    out.push_back(std::move(one));
  };
  for (const char* labels :
       {R"(dev="a",mode="r")", R"(dev="a",mode="w")", R"(dev="b",mode="r")", R"(dev="c")"}) {
    double counter = small(100);
    add(fmt::format("c{{{}}}", labels), [&] {
      counter = chance(30) ? small(3) : counter + small(10) / 4;
      return counter;
    });
  }
  for (const char* labels : {R"(dev="a")", R"(dev="b")", R"(dev="b",mode="r",extra="e")",
                             R"(dev="c",extra="f")", R"(dev="a",mode="w")"}) {
    add(fmt::format("g{{{}}}", labels), [&] {
      if (chance(80)) return kNan;
      if (chance(80)) return chance(2) ? kInf : -kInf;
      return small(20) - 8;
    });
  }
  double buckets[4] = {0, 0, 0, 0};
  for (int i = 0; const char* le : {"0.1", "1", "10", "+Inf"}) {
    double& bucket = buckets[i++];
    add(fmt::format("b_bucket{{dev=\"a\",le=\"{}\"}}", le), [&] { return bucket += small(5); });
  }
  return out;
}

}  // namespace ecsward::promql
