// Loads series and evaluates PromQL expressions over them in every way there is, so that a test can
// hold each of them against another program's answers.
//
//   promql_eval FILE      one JSON object a line, answers on stdout, one JSON object a line
//
// First the series, times in milliseconds, values as Prometheus writes them or "stale":
//   {"labels": {"__name__": "up"}, "samples": [[1000, "1"], [2000, "stale"]]}
// Then the questions:
//   {"id": 1, "expr": "up", "time": 2000}                              → the value at one moment
//   {"id": 2, "expr": "up", "start": 0, "end": 9000, "step": 1000, "grow": true}
// A question over a range is answered by Query::Between ("between"), by a new Query for each step
// ("fresh"), by one Query that is kept over all steps ("kept"), and with "grow" by one that is kept
// while the samples only arrive as time goes on, as in the daemon ("grown"; for expressions that do
// not look ahead). What is the same as "between" is left out.
#include <fmt/core.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "metrics/history.h"
#include "metrics/labels.h"
#include "metrics/series_set.h"
#include "rules/promql/parser.h"
#include "rules/promql/query.h"

namespace {

using ecsward::History;
using ecsward::Labels;
using ecsward::LabelTable;
using ecsward::Result;
using ecsward::promql::Query;
using ecsward::promql::Value;
using ecsward::promql::ValueType;
using nlohmann::json;

double ToValue(const std::string& text) {
  if (text == "stale") return ecsward::StaleValue();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "+Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  return std::stod(text);
}

std::string ToText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

json ToJson(const Labels& labels) {
  json out = json::object();
  for (const auto& pair : labels.pairs()) out[pair.name] = pair.value;
  return out;
}

struct Series {
  Labels labels;
  std::vector<ecsward::Sample> samples;
};

struct Question {
  std::int64_t id = 0;
  std::string expr;
  bool range = false, grow = false;
  std::int64_t start_ms = 0, end_ms = 0, step_ms = 1;
};

// A matrix that is put together step by step: by its labels' text, so that equal ones print alike.
struct Steps {
  struct One {
    json metric, values = json::array();
  };
  std::map<std::string, One> series;

  void Add(const Labels& labels, std::int64_t time_ms, double value) {
    One& one = series[ecsward::ToString(labels.pairs())];
    if (one.metric.is_null()) one.metric = ToJson(labels);
    one.values.push_back({time_ms, ToText(value)});
  }
  void Add(const Value& value, std::int64_t time_ms) {
    if (value.type == ValueType::kScalar) Add(Labels(), time_ms, value.scalar);
    for (const auto& sample : value.vector) Add(sample.labels, time_ms, sample.value);
  }
  json ToResult() const {
    json out = json::array();
    for (const auto& [text, one] : series) {
      out.push_back({{"metric", one.metric}, {"values", one.values}});
    }
    return {{"result", std::move(out)}};
  }
};

json Failed(const std::string& kind, const std::string& message) {
  return {{"error", kind}, {"message", message}};
}

// Null when the expression does not parse; `why` then says so.
std::unique_ptr<Query> MakeQuery(const std::string& expr, const History& history, json& why) {
  auto parsed = ecsward::promql::Parse(expr);
  if (!parsed) {
    why = Failed("bad_data", parsed.error().ToString());
    return nullptr;
  }
  return std::make_unique<Query>(std::move(*parsed), history);
}

json AtOneMoment(const Question& question, const History& history) {
  json why;
  const auto query = MakeQuery(question.expr, history, why);
  if (query == nullptr) return why;
  const auto value = query->At(question.start_ms);
  if (!value) return Failed("execution", value.error().message);
  switch ((*value)->type) {
    case ValueType::kScalar:
      return {{"resultType", "scalar"}, {"result", {0, ToText((*value)->scalar)}}};
    case ValueType::kString:
      return {{"resultType", "string"}, {"result", {0, (*value)->string}}};
    case ValueType::kVector: {
      json out = json::array();
      for (const auto& sample : (*value)->vector) {
        out.push_back({{"metric", ToJson(sample.labels)}, {"value", {0, ToText(sample.value)}}});
      }
      return {{"resultType", "vector"}, {"result", std::move(out)}};
    }
    default: {
      Steps steps;
      for (const auto& series : (*value)->matrix) {
        for (const auto& sample : series.samples) {
          steps.Add(series.labels, sample.time_ms, sample.value);
        }
      }
      json out = steps.ToResult();
      out["resultType"] = "matrix";
      return out;
    }
  }
}

json Between(const Question& question, const History& history) {
  json why;
  const auto query = MakeQuery(question.expr, history, why);
  if (query == nullptr) return why;
  const auto matrix = query->Between(question.start_ms, question.end_ms, question.step_ms);
  if (!matrix) return Failed("execution", matrix.error().message);
  Steps steps;
  for (const auto& series : *matrix) {
    for (const auto& sample : series.samples) {
      steps.Add(series.labels, sample.time_ms, sample.value);
    }
  }
  return steps.ToResult();
}

// With `kept`, one query for all steps; else a new one for each.
json StepByStep(const Question& question, const History& history, bool kept) {
  json why;
  std::unique_ptr<Query> query;
  Steps steps;
  for (std::int64_t t = question.start_ms; t <= question.end_ms; t += question.step_ms) {
    if (query == nullptr || !kept) query = MakeQuery(question.expr, history, why);
    if (query == nullptr) return why;
    const auto value = query->At(t);
    if (!value) return Failed("execution", value.error().message);
    steps.Add(**value, t);
  }
  return steps.ToResult();
}

// The samples arrive as time goes on, in the order of their times, and all queries are asked at
// every step of their own.
void AskWhileGrowing(const std::vector<Series>& series, const std::vector<Question>& questions,
                     LabelTable& labels, std::vector<json>& answers) {
  struct Kept {
    std::size_t question;
    std::unique_ptr<Query> query;
    Steps steps;
    json failed;
  };
  struct Arrival {
    std::size_t series;
    ecsward::Sample sample;
  };
  History history(labels);
  std::multimap<std::int64_t, Arrival> arrivals;
  for (std::size_t i = 0; i < series.size(); ++i) {
    for (const auto& sample : series[i].samples) arrivals.insert({sample.time_ms, {i, sample}});
  }
  std::vector<Kept> kept;
  std::multimap<std::int64_t, std::size_t> due;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = questions[i];
    if (!question.grow) continue;
    json why;
    auto query = MakeQuery(question.expr, history, why);
    if (query == nullptr) continue;
    for (std::int64_t t = question.start_ms; t <= question.end_ms; t += question.step_ms) {
      due.insert({t, kept.size()});
    }
    kept.push_back({i, std::move(query), {}, {}});
  }
  auto arrival = arrivals.begin();
  for (const auto& [time_ms, index] : due) {
    for (; arrival != arrivals.end() && arrival->first <= time_ms; ++arrival) {
      const Arrival& a = arrival->second;
      history.Append(history.Open(series[a.series].labels), a.sample);
    }
    Kept& one = kept[index];
    const auto value = one.query->At(time_ms);
    if (value) {
      one.steps.Add(**value, time_ms);
    } else {
      one.failed = Failed("execution", value.error().message);
    }
  }
  for (const Kept& one : kept) {
    answers[one.question]["grown"] = one.failed.is_null() ? one.steps.ToResult() : one.failed;
  }
}

Question ToQuestion(const json& line) {
  Question question;
  question.id = line["id"];
  question.expr = line["expr"];
  question.range = line.contains("start");
  question.start_ms = question.range ? line["start"] : line["time"];
  if (question.range) {
    question.end_ms = line["end"];
    question.step_ms = line["step"];
    question.grow = line.value("grow", false);
  }
  return question;
}

int Run(const char* path) {
  std::ifstream in(path);
  LabelTable labels;
  {
    History history(labels);
    std::vector<Series> series;
    std::vector<Question> questions;
    for (std::string text; std::getline(in, text);) {
      const json line = json::parse(text);
      if (line.contains("expr")) {
        questions.push_back(ToQuestion(line));
        continue;
      }
      ecsward::LabelPairs pairs;
      for (const auto& [name, value] : line["labels"].items()) pairs.push_back({name, value});
      Series one{labels.Make(ecsward::Normalized(std::move(pairs))), {}};
      const History::Id id = history.Open(one.labels);
      for (const auto& sample : line["samples"]) {
        one.samples.push_back({sample[0], ToValue(sample[1])});
        history.Append(id, one.samples.back());
      }
      series.push_back(std::move(one));
    }
    std::vector<json> answers(questions.size(), json::object());
    for (std::size_t i = 0; i < questions.size(); ++i) {
      const Question& question = questions[i];
      if (!question.range) {
        answers[i]["at"] = AtOneMoment(question, history);
        continue;
      }
      answers[i]["between"] = Between(question, history);
      answers[i]["fresh"] = StepByStep(question, history, false);
      answers[i]["kept"] = StepByStep(question, history, true);
    }
    AskWhileGrowing(series, questions, labels, answers);
    for (std::size_t i = 0; i < questions.size(); ++i) {
      json& answer = answers[i];
      for (const char* way : {"fresh", "kept", "grown"}) {
        if (answer.contains(way) && answer[way] == answer["between"]) answer.erase(way);
      }
      answer["id"] = questions[i].id;
      fmt::print("{}\n", answer.dump(-1, ' ', false, json::error_handler_t::replace));
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: promql_eval FILE\n");
    return 2;
  }
  try {
    return Run(argv[1]);
  } catch (const std::exception& e) {  // JSON that is not what the head of this file says
    fmt::print(stderr, "{}: {}\n", argv[1], e.what());
    return 1;
  }
}
