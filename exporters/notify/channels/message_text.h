// Title and text of a chat message: the user's templates, or the default texts. A template that
// fails must not lose the alert: then the default text is sent, and says what is wrong.
#pragma once

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "exporters/notify/channel.h"
#include "exporters/notify/content.h"
#include "exporters/notify/notification.h"

namespace ecsward::notify {

// A chat's way of showing things.
struct MessageShape {
  TextStyle style = TextStyle::kPlain;
  TextLimit title = {};
  // The title begins the text, behind `heading_mark`: one that has no place of its own in the
  // message. Of a single alert the default text says as much in its first line.
  bool heading = false;
  std::string_view heading_mark = "";
  std::string_view title_option = "title", text_option = "text";
};

struct MessageText {
  std::string title, text;
  bool own_title = false;  // the template made it
  std::string problem;     // of a template; the texts say it, too
};

// `room`: what the text may have. A `text` template makes all of the text, the heading as well.
MessageText MakeMessageText(const Content& content, const ChannelSettings& settings,
                            const Notification& notification, const MessageShape& shape,
                            TextLimit room);

// Behind a text that keeps its room for them: mentions.
std::string WithEnding(std::string text, std::string_view ending);

// JSON in UTF-8, whatever the bytes are.
std::string DumpJson(const nlohmann::ordered_json& value);

// The limit is one of the whole body, in which a line break is two bytes: `make` is given less room
// for the text until the body fits, and says how much of it the text took.
std::string FitBody(
    std::size_t most_bytes,
    const std::function<nlohmann::ordered_json(std::size_t room, std::size_t& used)>& make);

// Alerts that fire, that are over, or a drill: what colours say.
enum class Mood : std::uint8_t { kFiring, kResolved, kDrill };
Mood MoodOf(const Notification& notification);

// A delivery whose text the template did not make says so.
Delivery WithTemplateProblem(Delivery delivery, std::string_view problem);

}  // namespace ecsward::notify
