#include "agent/notify_commands.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "agent/api_json.h"
#include "agent/ask_text.h"
#include "agent/ask_time.h"
#include "agent/control_client.h"
#include "agent/notify_json.h"
#include "agent/notify_text.h"
#include "exporters/notify/matchers.h"
#include "rules/promql/duration.h"

namespace ecsward {
namespace {

using What = ControlRequest::What;

constexpr std::string_view kBadData = "bad_data", kUnavailable = "unavailable";
// How often a drill is asked after.
constexpr std::chrono::milliseconds kAskAgain{200};
constexpr std::int64_t kDrillPatienceMs = 30'000;

CommandResult Failed(const AskArguments& ask, std::string_view type, const std::string& message) {
  if (ask.json) return {ApiError(type, message), "", 1};
  return {"", ForTerminal("ecsward: " + message + "\n"), 1};
}

std::int64_t WallNow() { return UnixMilliseconds(std::chrono::system_clock::now()); }

// Whom a silence is from unless it says so: whoever called sudo, else the user.
std::string UserName() {
  if (const char* name = std::getenv("SUDO_USER"); name != nullptr && *name != 0) return name;
  const passwd* entry = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): one thread
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : entry->pw_name;
}

// All arguments together: `alertname=DiskFull instance=~"web.*"`.
Result<std::vector<LabelMatcher>> MatchersOf(const std::vector<std::string>& texts) {
  std::vector<LabelMatcher> all;
  for (const std::string& text : texts) {
    auto matchers = notify::ParseMatchers(text);
    if (!matchers) return std::move(matchers).error();
    all.insert(all.end(), matchers->begin(), matchers->end());
  }
  return all;
}

Result<std::int64_t> DurationOf(std::string_view flag, const std::optional<std::string>& text,
                                std::int64_t otherwise_ms) {
  if (!text) return otherwise_ms;
  auto ms = promql::ParseDuration(*text);
  if (!ms) return std::move(ms).error().Context(flag);
  return ms;
}

Result<notify::Silence> SilenceFrom(const AskArguments& ask) {
  notify::Silence silence;
  auto matchers = MatchersOf(ask.words);
  if (!matchers) return std::move(matchers).error();
  silence.matchers = std::move(*matchers);
  silence.starts_at_ms = WallNow();
  if (ask.start) {
    auto start = ParseTime(*ask.start);
    if (!start) return std::move(start).error().Context("--start");
    silence.starts_at_ms = std::max(*start, silence.starts_at_ms);
  }
  auto duration = DurationOf("--duration", ask.range, 3'600'000);
  if (!duration) return std::move(duration).error();
  silence.ends_at_ms = silence.starts_at_ms + *duration;
  if (ask.end) {
    auto end = ParseTime(*ask.end);
    if (!end) return std::move(end).error().Context("--end");
    silence.ends_at_ms = *end;
  }
  silence.created_by = ask.author.value_or(UserName());
  silence.comment = ask.comment.value_or("");
  if (auto ok = notify::CheckSilence(silence); !ok) return std::move(ok).error();
  return silence;
}

Result<NotificationsPicture> AskNotifications(const std::string& socket) {
  const auto answer = AskDaemon(socket, {What::kNotifications});
  if (!answer) return Error(answer.error());
  return ParseNotifications(answer->front());
}

const LetterSummary* Find(const std::vector<LetterSummary>& letters, const std::string& id,
                          const std::string& channel) {
  const auto it = std::find_if(letters.begin(), letters.end(), [&](const LetterSummary& letter) {
    return letter.id == id && letter.channel == channel;
  });
  return it == letters.end() ? nullptr : &*it;
}

// A drill that was sent to one channel: `id` and the channel, as the daemon answers.
struct Drill {
  std::string id, channel;
  enum class State { kWaits, kDelivered, kGivenUp } state = State::kWaits;
  std::string problem;
};

std::vector<Drill> DrillsFrom(std::string_view lines) {
  std::vector<Drill> drills;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    drills.push_back({std::string(line.substr(0, blank)), std::string(line.substr(blank + 1)),
                      Drill::State::kWaits, ""});
  }
  return drills;
}

void LookAfter(Drill& drill, const NotificationsPicture& picture) {
  if (const LetterSummary* waits = Find(picture.queue, drill.id, drill.channel)) {
    drill.problem = waits->problem;
  } else if (const LetterSummary* dead = Find(picture.dead, drill.id, drill.channel)) {
    drill.state = Drill::State::kGivenUp;
    drill.problem = dead->why;
  } else {
    drill.state = Drill::State::kDelivered;
  }
}

std::string DrillsText(const std::vector<Drill>& drills) {
  std::string text;
  for (const Drill& drill : drills) {
    switch (drill.state) {
      case Drill::State::kDelivered:
        text += drill.channel + ": delivered\n";
        break;
      case Drill::State::kGivenUp:
        text += drill.channel + ": NOT delivered: " + drill.problem + "\n";
        break;
      case Drill::State::kWaits:
        text += drill.channel + ": not delivered yet" +
                (drill.problem.empty() ? "" : ": " + drill.problem) + "\n";
        break;
    }
  }
  return ForTerminal(text);
}

}  // namespace

CommandResult RunSilenceAddCommand(const AskArguments& ask, const std::string& socket) {
  const auto silence = SilenceFrom(ask);
  if (!silence) return Failed(ask, kBadData, silence.error().message);
  const auto answer = AskDaemon(socket, {What::kSilenceAdd, {}, notify::ToJsonText(*silence)});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  return {answer->front() + "\n", "", 0};
}

CommandResult RunSilenceListCommand(const AskArguments& ask, const std::string& socket) {
  const auto answer = AskDaemon(socket, {What::kSilences});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  auto silences = ParseSilences(answer->front());
  if (!silences) return Failed(ask, kUnavailable, silences.error().message);
  const std::int64_t now_ms = WallNow();
  if (!ask.expired) {
    std::erase_if(*silences, [now_ms](const notify::Silence& silence) {
      return StateAt(silence, now_ms) == "expired";
    });
  }
  if (ask.json) return {ApiData(ToText(*silences)), "", 0};
  return {SilencesText(*silences, now_ms), "", 0};
}

CommandResult RunSilenceExpireCommand(const AskArguments& ask, const std::string& socket) {
  for (const std::string& id : ask.words) {
    const auto answer = AskDaemon(socket, {What::kSilenceExpire, {}, id});
    if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  }
  return {};
}

CommandResult RunNotificationsCommand(const AskArguments& ask, const std::string& socket) {
  const auto answer = AskDaemon(socket, {What::kNotifications});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  if (ask.json) return {ApiData(answer->front()), "", 0};
  const auto picture = ParseNotifications(answer->front());
  if (!picture) return Failed(ask, kUnavailable, picture.error().message);
  return {NotificationsText(*picture, WallNow()), "", 0};
}

CommandResult RunTestNotificationCommand(const AskArguments& ask, const std::string& socket) {
  const auto patience = DurationOf("--timeout", ask.timeout, kDrillPatienceMs);
  if (!patience) return Failed(ask, kBadData, patience.error().message);
  const auto answer = AskDaemon(socket, {What::kDrill, {}, *ask.receiver});
  if (!answer) return Failed(ask, kUnavailable, answer.error().message);
  std::vector<Drill> drills = DrillsFrom(answer->front());
  const std::int64_t until_ms = WallNow() + *patience;
  const auto waits = [](const Drill& drill) { return drill.state == Drill::State::kWaits; };
  do {
    std::this_thread::sleep_for(kAskAgain);
    const auto picture = AskNotifications(socket);
    if (!picture) return Failed(ask, kUnavailable, picture.error().message);
    for (Drill& drill : drills) {
      if (waits(drill)) LookAfter(drill, *picture);
    }
  } while (WallNow() < until_ms && std::any_of(drills.begin(), drills.end(), waits));
  const bool all = std::all_of(drills.begin(), drills.end(), [](const Drill& drill) {
    return drill.state == Drill::State::kDelivered;
  });
  return {DrillsText(drills), "", all ? 0 : 1};
}

CommandResult RunTestRouteCommand(const AskArguments& ask, const LoadedConfig& loaded) {
  if (!loaded.problems.empty()) return Failed(ask, kBadData, loaded.problems.front());
  LabelPairs labels = ExternalLabelsOf(loaded.config.alerting, HostName());
  for (const std::string& text : ask.words) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (equals == std::string::npos || !IsLabelName(name)) {
      return Failed(ask, kBadData, "want --label NAME=VALUE, got \"" + text + "\"");
    }
    Set(labels, name, text.substr(equals + 1));
  }
  const std::int64_t now_ms = WallNow();
  if (ask.json) return {RoutesJson(loaded.config.notify, labels, now_ms), "", 0};
  return {RoutesText(loaded.config.notify, labels, now_ms), "", 0};
}

}  // namespace ecsward
