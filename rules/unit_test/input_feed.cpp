#include "rules/unit_test/input_feed.h"

#include <fmt/format.h>

#include <algorithm>

namespace ecsward {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// promtool puts all series into one text of lines and reads it up to the first line that is empty
// or a comment: a value that ends with a newline hides what comes after it.
std::vector<std::string> Lines(const UnitTest& test) {
  std::vector<std::string> lines;
  for (const InputSeries& input : test.input) {
    const std::string text = input.series + " " + input.values + "\n";
    for (std::string_view rest = text; !rest.empty();) {
      const std::size_t end = rest.find('\n');
      const std::string_view line = Trimmed(rest.substr(0, end));
      if (line.empty() || line.front() == '#') return lines;
      lines.emplace_back(line);
      rest.remove_prefix(end + 1);
    }
  }
  return lines;
}

}  // namespace

Result<InputFeed> InputFeed::Make(const UnitTest& test) {
  InputFeed feed(test.interval_ms);
  for (const std::string& line : Lines(test)) {
    auto notation = ParseSeriesNotation(line);
    if (!notation) return std::move(notation).error();
    std::erase_if(feed.series_,
                  [&](const Series& other) { return other.labels == notation->labels; });
    feed.series_.push_back({std::move(notation->labels), ValueWalk(std::move(notation->values))});
  }
  return feed;
}

Result<void> InputFeed::WriteTill(std::int64_t time_ms, History& history) {
  for (const Series& series : series_) {
    LabelPairs labels = series.labels;
    std::erase_if(labels, [](const LabelPair& pair) { return pair.value.empty(); });
    if (labels.empty()) return Fail(ErrorCode::kInvalidArgument, "empty labelset: invalid sample");
    const auto twice =
        std::adjacent_find(labels.begin(), labels.end(),
                           [](const LabelPair& a, const LabelPair& b) { return a.name == b.name; });
    if (twice != labels.end()) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("label name \"{}\" is not unique: invalid sample", twice->name));
    }
  }
  for (Series& series : series_) Write(series, time_ms, history);
  return {};
}

void InputFeed::Write(Series& series, std::int64_t time_ms, History& history) const {
  if (series.over) return;
  const History::Id id = history.Open(history.label_table().Make(Normalized(series.labels)));
  while (true) {
    if (!series.waiting && !series.walk.Next()) break;
    series.waiting = true;
    // All values stand at 0 without an interval; the first one counts.
    const std::int64_t at = interval_ms_ * static_cast<std::int64_t>(series.walk.number());
    if (at > time_ms) return;
    if (!series.walk.gap()) {
      (void)history.Append(id, {at, series.walk.value()});
      if (interval_ms_ == 0) break;
    }
    series.waiting = false;
  }
  series.over = true;
}

}  // namespace ecsward
