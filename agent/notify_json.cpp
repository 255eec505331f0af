#include "agent/notify_json.h"

#include <algorithm>

#include "base/json_fields.h"
#include "metrics/evidence_json.h"

namespace ecsward {
namespace {

using nlohmann::json;

std::string_view KindText(notify::NoticeKind kind) {
  switch (kind) {
    case notify::NoticeKind::kAlerts:
      return "alerts";
    case notify::NoticeKind::kDrill:
      return "drill";
    case notify::NoticeKind::kBudget:
      return "budget";
  }
  return "";
}

json ToJson(const LetterSummary& letter) {
  json out = {{"id", letter.id},
              {"channel", letter.channel},
              {"kind", letter.kind},
              {"group", letter.group},
              {"status", letter.firing ? "firing" : "resolved"},
              {"alerts", letter.alerts},
              {"committed_at_ms", letter.committed_at_ms},
              {"next_try_at_ms", letter.next_try_at_ms},
              {"attempts", letter.attempts},
              {"problem", letter.problem}};
  if (letter.died_at_ms != 0) {
    out["died_at_ms"] = letter.died_at_ms;
    out["why"] = letter.why;
  }
  return out;
}

LetterSummary LetterFrom(const json& object) {
  LetterSummary letter;
  letter.id = TextAt(object, "id");
  letter.channel = TextAt(object, "channel");
  letter.kind = TextAt(object, "kind");
  letter.group = TextAt(object, "group");
  letter.firing = TextAt(object, "status") == "firing";
  letter.alerts = NumberAt<std::size_t>(object, "alerts");
  letter.committed_at_ms = NumberAt<std::int64_t>(object, "committed_at_ms");
  letter.next_try_at_ms = NumberAt<std::int64_t>(object, "next_try_at_ms");
  letter.attempts = NumberAt<int>(object, "attempts");
  letter.problem = TextAt(object, "problem");
  letter.died_at_ms = NumberAt<std::int64_t>(object, "died_at_ms");
  letter.why = TextAt(object, "why");
  return letter;
}

json ToJson(const notify::ChannelFigures& channel) {
  json failures = json::object();
  for (const auto& [reason, count] : channel.failures) failures[reason] = count;
  return {{"receiver", channel.receiver},
          {"channel", channel.channel},
          {"kind", channel.kind},
          {"queued", channel.queued},
          {"oldest_age_seconds", channel.oldest_age_seconds},
          {"delivered", channel.delivered},
          {"duplicates_possible", channel.duplicates_possible},
          {"retries", channel.retries},
          {"refused", channel.refused},
          {"merged", channel.merged},
          {"fallbacks", channel.fallbacks},
          {"buried", channel.buried},
          {"failures", std::move(failures)},
          {"budget_used_day", channel.budget_used_day},
          {"budget_used_month", channel.budget_used_month},
          {"budget_day", channel.budget_day},
          {"budget_month", channel.budget_month},
          {"last_success_unix_seconds", channel.last_success_unix_seconds}};
}

notify::ChannelFigures ChannelFrom(const json& object) {
  notify::ChannelFigures channel;
  channel.receiver = TextAt(object, "receiver");
  channel.channel = TextAt(object, "channel");
  channel.kind = TextAt(object, "kind");
  channel.queued = NumberAt<std::size_t>(object, "queued");
  channel.oldest_age_seconds = NumberAt<double>(object, "oldest_age_seconds");
  channel.delivered = NumberAt<std::uint64_t>(object, "delivered");
  channel.duplicates_possible = NumberAt<std::uint64_t>(object, "duplicates_possible");
  channel.retries = NumberAt<std::uint64_t>(object, "retries");
  channel.refused = NumberAt<std::uint64_t>(object, "refused");
  channel.merged = NumberAt<std::uint64_t>(object, "merged");
  channel.fallbacks = NumberAt<std::uint64_t>(object, "fallbacks");
  channel.buried = NumberAt<std::uint64_t>(object, "buried");
  if (const auto it = object.find("failures"); it != object.end() && it->is_object()) {
    for (const auto& [reason, count] : it->items()) {
      if (count.is_number_unsigned()) {
        channel.failures.emplace_back(reason, count.get<std::uint64_t>());
      }
    }
  }
  channel.budget_used_day = NumberAt<std::int64_t>(object, "budget_used_day");
  channel.budget_used_month = NumberAt<std::int64_t>(object, "budget_used_month");
  channel.budget_day = NumberAt<std::int64_t>(object, "budget_day");
  channel.budget_month = NumberAt<std::int64_t>(object, "budget_month");
  channel.last_success_unix_seconds = NumberAt<double>(object, "last_success_unix_seconds");
  return channel;
}

// The objects of a list; what is none is left out.
template <class Visit>
void EachObject(const json& of, const char* key, Visit visit) {
  for (const json& item : ListAt(of, key)) {
    if (item.is_object()) visit(item);
  }
}

}  // namespace

LetterSummary SummaryOf(const notify::Letter& letter) {
  const notify::Notification& notification = letter.notification;
  LetterSummary summary;
  summary.id = notification.id;
  summary.channel = letter.channel;
  summary.kind = KindText(notification.kind);
  if (!notification.groups.empty()) {
    summary.group = ToString(notification.groups.front().group_labels);
  }
  summary.firing = notification.firing();
  // Of long letters only a beginning is kept at hand; the count is the whole one's.
  summary.alerts = std::max<std::size_t>(letter.alerts, notification.alert_count());
  summary.committed_at_ms = letter.committed_at_ms;
  summary.next_try_at_ms = letter.next_try_at_ms;
  summary.attempts = letter.attempts;
  summary.problem = letter.last_problem;
  return summary;
}

LetterSummary SummaryOf(const notify::DeadLetter& letter) {
  LetterSummary summary = SummaryOf(letter.letter);
  summary.died_at_ms = letter.died_at_ms;
  summary.why = letter.why;
  return summary;
}

std::string ToText(const NotificationsPicture& picture) {
  const notify::NotifierFigures& figures = picture.figures;
  json channels = json::array(), queue = json::array(), dead = json::array();
  for (const auto& channel : figures.channels) channels.push_back(ToJson(channel));
  for (const LetterSummary& letter : picture.queue) queue.push_back(ToJson(letter));
  for (const LetterSummary& letter : picture.dead) dead.push_back(ToJson(letter));
  return Dump({{"on", figures.on},
               {"alerts", figures.alerts},
               {"groups", figures.groups},
               {"silences", figures.silences},
               {"dead_letters_kept", figures.dead_letters},
               {"store_failures", figures.store_failures},
               {"heartbeats", figures.heartbeats},
               {"heartbeat_failures", figures.heartbeat_failures},
               {"heartbeat_last_success_unix_seconds", figures.heartbeat_last_success_unix_seconds},
               {"channels", std::move(channels)},
               {"queue", std::move(queue)},
               {"dead_letters", std::move(dead)}});
}

Result<NotificationsPicture> ParseNotifications(std::string_view text) {
  const auto value = ParseJson(text);
  if (!value) return Error(value.error());
  if (!value->is_object()) return Fail(ErrorCode::kParse, "not an answer of ecsward's");
  NotificationsPicture picture;
  notify::NotifierFigures& figures = picture.figures;
  figures.on = FlagAt(*value, "on");
  figures.alerts = NumberAt<std::size_t>(*value, "alerts");
  figures.groups = NumberAt<std::size_t>(*value, "groups");
  figures.silences = NumberAt<std::size_t>(*value, "silences");
  figures.dead_letters = NumberAt<std::size_t>(*value, "dead_letters_kept");
  figures.store_failures = NumberAt<std::uint64_t>(*value, "store_failures");
  figures.heartbeats = NumberAt<std::uint64_t>(*value, "heartbeats");
  figures.heartbeat_failures = NumberAt<std::uint64_t>(*value, "heartbeat_failures");
  figures.heartbeat_last_success_unix_seconds =
      NumberAt<double>(*value, "heartbeat_last_success_unix_seconds");
  EachObject(*value, "channels",
             [&](const json& item) { figures.channels.push_back(ChannelFrom(item)); });
  EachObject(*value, "queue", [&](const json& item) { picture.queue.push_back(LetterFrom(item)); });
  EachObject(*value, "dead_letters",
             [&](const json& item) { picture.dead.push_back(LetterFrom(item)); });
  return picture;
}

std::string ToText(const std::vector<notify::Silence>& silences) {
  std::string text = "[";
  for (const notify::Silence& silence : silences) {
    text.append(text.size() > 1 ? "," : "").append(notify::ToJsonText(silence));
  }
  return text + "]";
}

Result<std::vector<notify::Silence>> ParseSilences(std::string_view text) {
  const auto list = ParseJson(text);
  if (!list) return Error(list.error());
  if (!list->is_array()) return Fail(ErrorCode::kParse, "not an answer of ecsward's");
  std::vector<notify::Silence> silences;
  for (const json& item : *list) {
    auto silence = notify::ParseSilence(Dump(item));
    if (!silence) return std::move(silence).error();
    silences.push_back(std::move(*silence));
  }
  return silences;
}

}  // namespace ecsward
