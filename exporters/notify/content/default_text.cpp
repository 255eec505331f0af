// A text is a beginning (how many, a drill's note), alerts, "and 7 more", and an end (the link).
// Alerts are rendered one by one until the next does not fit, so a group of thousands costs no
// more than what is shown of it.
#include "exporters/notify/content/default_text.h"

#include <algorithm>

#include "exporters/notify/content/alert_block.h"

namespace ecsward::notify {
namespace {

// What they are all called: their common summary, or their rule's name.
std::string CommonWhat(const NoticeView& view, const Telling& telling) {
  if (view.alerts().empty()) return "";
  std::string what = WhatOf(*view.alerts().front().alert, telling.language);
  if (view.alerts().size() == 1) return what;
  const auto differs = [&](const AlertView& other) {
    return WhatOf(*other.alert, telling.language) != what;
  };
  if (std::none_of(view.alerts().begin(), view.alerts().end(), differs)) return what;
  return std::string(Get(view.CommonLabels(), "alertname"));
}

bool IsMixed(const NoticeView& view) { return view.firing() && view.resolved_count() > 0; }

std::string CountText(const NoticeView& view, const Phrases& phrases) {
  if (view.alerts().size() < 2) return "";
  return IsMixed(view) ? " (" + phrases.split(view.firing_count(), view.resolved_count()) + ")"
                       : " (" + std::to_string(view.alerts().size()) + ")";
}

// "汇总 2 组，共 5 条：告警 3，恢复 2"; nothing of an alert alone.
std::string Heading(const Notification& notification, const NoticeView& view,
                    const Phrases& phrases) {
  if (view.alerts().size() < 2 && notification.groups.size() < 2) return "";
  std::string out = phrases.digest(notification.groups.size(), view.alerts().size());
  if (!IsMixed(view)) return out.append(view.firing() ? phrases.all_firing : phrases.all_resolved);
  return out.append(phrases.colon)
      .append(phrases.split(view.firing_count(), view.resolved_count()));
}

// The parts around the alerts, and where they begin and end.
struct Frame {
  std::string_view open, close;  // of the whole
  std::string beginning, link;
};

Frame FrameOf(const Notification& notification, const NoticeView& view, const Telling& telling,
              std::string_view external_url, TextStyle style, const TextLimit& limit) {
  const Phrases& phrases = PhrasesOf(telling.language);
  Frame frame;
  if (style == TextStyle::kHtml) {
    frame.open = "<div style=\"font-family:sans-serif;font-size:14px;line-height:1.5\">\n";
    frame.close = "</div>\n";
  }
  if (notification.kind == NoticeKind::kDrill) frame.beginning += Line(phrases.drill_note, style);
  frame.beginning += Line(Heading(notification, view, phrases), style);
  frame.link = LinkLine(phrases, external_url, style);
  // Where little fits, the alerts go first.
  const auto large = [](std::size_t part, std::size_t whole) {
    return whole > 0 && part > whole / 4;
  };
  const TextSize size = SizeOf(frame.link);
  if (large(size.bytes, limit.bytes) || large(size.characters, limit.characters)) {
    frame.link.clear();
  }
  return frame;
}

class BodyWriter {
 public:
  BodyWriter(Frame frame, TextStyle style, const TextLimit& limit)
      : frame_(std::move(frame)), style_(style), limit_(limit) {
    out_ = std::string(frame_.open).append(frame_.beginning);
    used_ = SizeOf(out_) + SizeOf(frame_.link) + SizeOf(frame_.close);
  }

  // False when it does not fit together with `rest`, what is then said of those behind it.
  bool Add(const std::string& block, const std::string& rest) {
    const TextSize size = SizeOf(block);
    TextSize all = used_ + size + SizeOf(rest);
    const std::size_t trimmed = LinesTrimmed(rest.empty() ? block : rest);
    all.bytes -= trimmed;
    all.characters -= trimmed;
    if (!Fits(all, limit_)) return false;
    out_ += block;
    used_ += size;
    return true;
  }

  // What is left for an alert that has to be cut; nothing when that is nothing.
  std::optional<TextLimit> Room(const std::string& rest) const {
    const TextSize used = used_ + SizeOf(rest);
    if (!Fits(used + TextSize{1, 1}, limit_)) return std::nullopt;
    return Without(limit_, used);
  }

  std::string Finish(const std::string& rest) {
    out_.append(rest).append(frame_.link).append(frame_.close);
    if (style_ != TextStyle::kHtml) out_.erase(out_.find_last_not_of('\n') + 1);
    return std::move(out_);
  }

 private:
  // The line breaks that Finish takes away, when `last` ends the text.
  std::size_t LinesTrimmed(const std::string& last) const {
    if (style_ == TextStyle::kHtml) return 0;
    const std::string& end = frame_.link.empty() ? last : frame_.link;
    return end.size() - (end.find_last_not_of('\n') + 1);
  }

  Frame frame_;
  TextStyle style_;
  TextLimit limit_;
  std::string out_;
  TextSize used_;
};

}  // namespace

std::string DefaultTitle(const Notification& notification, const NoticeView& view,
                         const Telling& telling) {
  const Phrases& phrases = PhrasesOf(telling.language);
  std::string what;
  if (notification.groups.size() > 1) {
    what = phrases.digest(notification.groups.size(), view.alerts().size());
  } else {
    what = CommonWhat(view, telling);
    if (what.empty()) what = phrases.alerts(view.alerts().size());
  }
  std::string out(MarkOf(notification.kind, !view.firing(), phrases));
  out.append(" ").append(what);
  const std::string host = HostNameOf(view.CommonLabels(), *telling.host);
  if (!host.empty() && what.find(host) == std::string::npos) out.append(" ").append(host);
  if (notification.groups.size() < 2) out += CountText(view, phrases);
  return CleanText(out, LineBreaks::kOne);
}

std::string DefaultBody(const Notification& notification, const NoticeView& view,
                        const Telling& telling, std::string_view external_url, TextStyle style,
                        TextLimit limit) {
  if (limit.bytes == 0 || limit.bytes > kMaxBodyBytes) limit.bytes = kMaxBodyBytes;
  const Phrases& phrases = PhrasesOf(telling.language);
  const auto rest = [&](std::size_t count) {
    return count == 0 ? std::string() : Line(phrases.more(count), style);
  };
  const std::vector<AlertView>& alerts = view.alerts();
  BodyWriter writer(FrameOf(notification, view, telling, external_url, style, limit), style, limit);
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const Markup block = AlertBlock(alerts[i], notification.kind, telling, style);
    if (writer.Add(block.text(), rest(alerts.size() - i - 1))) continue;
    if (i > 0) return writer.Finish(rest(alerts.size() - i));
    // Not even one: as much of it as fits, with how many more there are, or without.
    for (const std::string& behind : {rest(alerts.size() - 1), std::string()}) {
      const auto room = writer.Room(behind);
      const auto cut = room ? block.Cut(*room) : std::nullopt;
      if (cut && writer.Add(*cut, behind)) return writer.Finish(behind);
    }
    return ShortText(alerts[i], notification.kind, telling, style, limit);
  }
  return writer.Finish("");
}

std::string DefaultAlert(const AlertView& view, NoticeKind kind, const Telling& telling,
                         TextStyle style) {
  std::string out = AlertBlock(view, kind, telling, style).text();
  if (style != TextStyle::kHtml) out.erase(out.find_last_not_of('\n') + 1);
  return out;
}

}  // namespace ecsward::notify
