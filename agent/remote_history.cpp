#include "agent/remote_history.h"

#include <algorithm>
#include <vector>

#include "agent/control_client.h"
#include "agent/series_line.h"
#include "metrics/history_checkpoint.h"

namespace ecsward {

Result<void> RemoteHistory::Connect(std::string socket) {
  socket_ = std::move(socket);
  const auto answer = AskDaemon(socket_, {ControlRequest::What::kSettings, {}});
  if (!answer) return Error(answer.error());
  auto settings = ParseSettings(answer->front());
  if (!settings) return std::move(settings).error();
  settings_ = std::move(*settings);
  newest_ms_ = settings_.now_ms;
  return {};
}

Result<void> RemoteHistory::Fetch(std::span<const HistoryNeed> needs) {
  ControlRequest request{ControlRequest::What::kHistory, {}};
  for (const HistoryNeed& need : needs) {
    request.series.push_back(need.matchers);
  }
  auto answer = AskDaemon(socket_, request);
  if (!answer) return std::move(answer).error();
  if (answer->size() < 3) return Fail(ErrorCode::kParse, "the daemon's answer lacks something");
  const std::string& checkpoint = (*answer)[0];
  if (!checkpoint.empty()) {
    auto ok = LoadCheckpoint(checkpoint, history_);
    if (!ok) return std::move(ok).error().Context("the daemon's history");
  }
  const auto settings = ParseSettings((*answer)[2]);
  if (settings) newest_ms_ = std::max(newest_ms_, settings->now_ms);
  TakePage((*answer)[1], needs);
  return {};
}

// The page is as wide as the host; only what is asked for, and has no history, is taken from it.
void RemoteHistory::TakePage(std::string_view page, std::span<const HistoryNeed> needs) {
  const auto take = [&](const LabelPairs& labels, double value) {
    const bool wanted = std::any_of(needs.begin(), needs.end(), [&](const HistoryNeed& need) {
      return MatchesAll(need.matchers, labels);
    });
    if (!wanted) return;
    History::Id id = 0;
    const Labels handle = labels_.Make(labels);
    if (history_.Find(handle, id)) return;
    history_.Append(history_.Open(handle), {newest_ms_, value});
  };
  if (page.empty()) return;
  // As the feed has it for the rules.
  take(AsScraped({{std::string(kMetricName), "up"}}, settings_.target_labels), 1);
  while (!page.empty()) {
    const std::string_view line = page.substr(0, page.find('\n'));
    page.remove_prefix(std::min(page.size(), line.size() + 1));
    auto series = ParseSeriesLine(line);
    if (!series) continue;
    take(AsScraped(std::move(series->labels), settings_.target_labels), series->value);
  }
}

}  // namespace ecsward
