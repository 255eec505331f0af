#include "exporters/notify/content/alert_block.h"

namespace ecsward::notify {
namespace {

// The markup of a style, around the parts of an alert.
struct Shape {
  // Around the first line, and around the mark in it: of one that fires, of one that is over.
  std::string_view head_open = {}, head_close = {};
  std::string_view firing_open = {}, resolved_open = {}, mark_close = {};
  std::string_view before_facts = {}, after_facts = {};
  std::string_view fact_open = {}, name_close = {}, fact_close = {};
  std::string_view margin = {};                      // a line break inside of a fact
  std::string_view behind = {};                      // behind the alert
  std::string_view line_open = {}, line_close = {};  // around a line beside the alerts
};

constexpr Shape kPlainShape = {
    .head_close = "\n", .fact_close = "\n", .margin = "\n  ", .behind = "\n", .line_close = "\n\n"};

constexpr Shape kMarkdownShape = {.head_open = "#### ",
                                  .head_close = "\n",
                                  .fact_open = "- **",
                                  .name_close = "**",
                                  .fact_close = "\n",
                                  .margin = "  \n  ",
                                  .behind = "\n",
                                  .line_close = "\n\n"};

// source: https://developer.work.weixin.qq.com/document/path/91770: green is "info", grey
// "comment", orange "warning"
constexpr Shape kWecomShape = {.head_open = "**",
                               .head_close = "**\n",
                               .firing_open = "<font color=\"warning\">",
                               .resolved_open = "<font color=\"info\">",
                               .mark_close = "</font>",
                               .fact_open = "> ",
                               .fact_close = "\n",
                               .margin = "\n> ",
                               .behind = "\n",
                               .line_close = "\n\n"};

constexpr Shape kLarkShape = {.head_open = "**",
                              .head_close = "**\n",
                              .firing_open = "<font color='red'>",
                              .resolved_open = "<font color='green'>",
                              .mark_close = "</font>",
                              .fact_open = "**",
                              .name_close = "**",
                              .fact_close = "\n",
                              .margin = "\n",
                              .behind = "\n",
                              .line_close = "\n\n"};

constexpr Shape kSlackShape = {.head_open = "*",
                               .head_close = "*\n",
                               .fact_open = "*",
                               .name_close = "*",
                               .fact_close = "\n",
                               .margin = "\n",
                               .behind = "\n",
                               .line_close = "\n\n"};

// Tables, because that is what mail programs lay out alike.
constexpr Shape kHtmlShape = {
    .head_open = "<h3 style=\"font-size:16px;margin:16px 0 4px\">",
    .head_close = "</h3>\n",
    .firing_open = "<span style=\"color:#c62828\">",
    .resolved_open = "<span style=\"color:#2e7d32\">",
    .mark_close = "</span>",
    .before_facts = "<table cellpadding=\"2\" style=\"border-collapse:collapse\">\n",
    .after_facts = "</table>\n",
    .fact_open = "<tr><td style=\"color:#666;white-space:nowrap;vertical-align:top\">",
    .name_close = "</td><td>",
    .fact_close = "</td></tr>\n",
    .margin = "<br>\n",
    .line_open = "<p>",
    .line_close = "</p>\n"};

const Shape& ShapeOf(TextStyle style) {
  switch (style) {
    case TextStyle::kPlain:
      return kPlainShape;
    case TextStyle::kMarkdown:
      return kMarkdownShape;
    case TextStyle::kWecom:
      return kWecomShape;
    case TextStyle::kLark:
      return kLarkShape;
    case TextStyle::kSlack:
      return kSlackShape;
    case TextStyle::kHtml:
      break;
  }
  return kHtmlShape;
}

// In a table the columns say what the colon says elsewhere.
std::string_view ColonOf(const Phrases& phrases, TextStyle style) {
  return style == TextStyle::kHtml ? std::string_view() : phrases.colon;
}

void AddFact(const Fact& fact, const Phrases& phrases, TextStyle style, Markup& out) {
  const Shape& shape = ShapeOf(style);
  // The name is short and ours, so it is not cut in half: a fact is shown from its first character.
  std::string open(shape.fact_open);
  open.append(fact.name).append(shape.name_close).append(ColonOf(phrases, style));
  out.Open(open, shape.fact_close);
  switch (fact.shape) {
    case Fact::Shape::kText:
      out.Text(fact.text, fact.author);
      break;
    case Fact::Shape::kLines:
      out.Lines(fact.text, shape.margin);
      break;
    case Fact::Shape::kLink:
      out.Link(fact.text);
      break;
  }
  out.Close();
}

}  // namespace

std::string_view MarkOf(NoticeKind kind, bool resolved, const Phrases& phrases) {
  switch (kind) {
    case NoticeKind::kDrill:
      return phrases.drill;
    case NoticeKind::kBudget:
      return phrases.budget;
    case NoticeKind::kAlerts:
      break;
  }
  return resolved ? phrases.resolved : phrases.firing;
}

Markup AlertBlock(const AlertView& view, NoticeKind kind, const Telling& telling, TextStyle style) {
  const Shape& shape = ShapeOf(style);
  const Phrases& phrases = PhrasesOf(telling.language);
  Markup out(style);
  out.Open("", shape.behind);
  out.Open(shape.head_open, shape.head_close);
  out.Open(view.resolved ? shape.resolved_open : shape.firing_open, shape.mark_close);
  out.Raw(MarkOf(kind, view.resolved, phrases));
  out.Close();
  out.Raw(" ");
  out.Text(WhatOf(*view.alert, telling.language));
  out.Close();
  out.Open(shape.before_facts, shape.after_facts);
  for (const Fact& fact : FactsOf(view, telling)) AddFact(fact, phrases, style, out);
  out.Close();
  out.Close();
  return out;
}

std::string ShortText(const AlertView& view, NoticeKind kind, const Telling& telling,
                      TextStyle style, const TextLimit& limit) {
  Markup out(style);
  out.Text(MarkOf(kind, view.resolved, PhrasesOf(telling.language)));
  out.Text(" ");
  out.Text(WhatOf(*view.alert, telling.language));
  if (Fits(SizeOf(out.text()), limit)) return out.text();
  if (auto cut = out.Cut(limit)) return *std::move(cut);
  return Fits(SizeOf(kEllipsis), limit) ? std::string(kEllipsis) : "";
}

std::string Line(std::string_view text, TextStyle style) {
  if (text.empty()) return "";
  const Shape& shape = ShapeOf(style);
  return std::string(shape.line_open).append(text).append(shape.line_close);
}

std::string LinkLine(const Phrases& phrases, std::string_view url, TextStyle style) {
  if (SafeLink(url).empty()) return "";
  Markup link(style);
  link.Link(url);
  return Line(std::string(phrases.link).append(phrases.colon).append(link.text()), style);
}

}  // namespace ecsward::notify
