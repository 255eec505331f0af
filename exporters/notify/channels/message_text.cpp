#include "exporters/notify/channels/message_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "exporters/notify/channels/hidden_words.h"
#include "exporters/notify/content/clean_text.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMostProblemCharacters = 200;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// What the template makes; nothing, and what is wrong, when it fails or makes no text at all.
std::string Expanded(const Content& content, const std::string& text,
                     const Notification& notification, TextLimit limit, std::string_view option,
                     std::string& problem) {
  auto made = content.Expand(text, notification, limit);
  if (made && !IsBlank(*made)) return *std::move(made);
  if (problem.empty()) {
    const std::string why = made ? "it makes no text" : made.error().message;
    problem = HiddenWords().Clean(fmt::format("{}: {}", option, why), kMostProblemCharacters);
  }
  return "";
}

std::string NoteOf(std::string_view problem, const std::string& language, TextStyle style) {
  if (problem.empty()) return "";
  const std::string why = EscapeText(problem, style);
  if (language == "zh") return fmt::format("（模板出错，以下为默认内容：{}）\n\n", why);
  return fmt::format("(A template failed, this is the default text: {})\n\n", why);
}

// What is left behind a beginning; never 0, which would be no limit.
TextLimit Less(TextLimit room, std::string_view beginning) {
  const auto less = [](std::size_t limit, std::size_t used) {
    return limit == 0 ? 0 : limit > used ? limit - used : std::size_t{1};
  };
  return {less(room.bytes, beginning.size()), less(room.characters, CountCharacters(beginning))};
}

}  // namespace

MessageText MakeMessageText(const Content& content, const ChannelSettings& settings,
                            const Notification& notification, const MessageShape& shape,
                            TextLimit room) {
  MessageText made;
  const std::string& title = settings.Text(shape.title_option);
  const std::string& text = settings.Text(shape.text_option);
  if (!title.empty()) {
    made.title = CleanText(
        Expanded(content, title, notification, shape.title, shape.title_option, made.problem),
        LineBreaks::kOne);
  }
  made.own_title = !made.title.empty();
  if (!made.own_title) made.title = content.Title(notification, shape.title);
  if (!text.empty()) {
    made.text = Expanded(content, text, notification, room, shape.text_option, made.problem);
    made.text = CutText(CleanText(made.text, LineBreaks::kKept), room);
    if (!made.text.empty()) return made;
  }
  std::string beginning;
  if (shape.heading && (made.own_title || notification.alert_count() > 1)) {
    beginning = fmt::format("{}{}\n\n", shape.heading_mark, EscapeText(made.title, shape.style));
  }
  beginning += NoteOf(made.problem, content.language(), shape.style);
  const std::string body = content.Body(notification, shape.style, Less(room, beginning));
  made.text = CutText(beginning + body, room);
  return made;
}

std::string WithEnding(std::string text, std::string_view ending) {
  if (!ending.empty()) text += fmt::format("\n\n{}", ending);
  return text;
}

std::string DumpJson(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string FitBody(
    std::size_t most_bytes,
    const std::function<nlohmann::ordered_json(std::size_t room, std::size_t& used)>& make) {
  constexpr int kTurns = 8;
  constexpr std::size_t kSmallest = 64;
  std::size_t room = most_bytes;
  std::string body;
  for (int turn = 0; turn < kTurns; ++turn) {
    std::size_t used = 0;
    body = DumpJson(make(room, used));
    if (body.size() <= most_bytes || room <= kSmallest) break;
    // Less than it used, not only less than it had: a whole alert more may have been left out.
    const std::size_t over = body.size() - most_bytes;
    used = std::min(room, used);
    room = std::max(used > over ? used - over : used / 2, kSmallest);
  }
  return body;
}

Mood MoodOf(const Notification& notification) {
  if (notification.kind == NoticeKind::kDrill) return Mood::kDrill;
  return notification.firing() ? Mood::kFiring : Mood::kResolved;
}

Delivery WithTemplateProblem(Delivery delivery, std::string_view problem) {
  if (problem.empty()) return delivery;
  const bool delivered = delivery.outcome == Delivery::Outcome::kDelivered;
  if (delivered) delivery.reason = "template";
  delivery.problem +=
      fmt::format("{}its template failed: {}", delivery.problem.empty() ? "" : "; ", problem);
  return delivery;
}

}  // namespace ecsward::notify
