#include "exporters/notify/content.h"

#include <algorithm>

#include "exporters/notify/content/clean_text.h"
#include "exporters/notify/content/default_text.h"
#include "exporters/notify/content/template_data.h"
#include "exporters/notify/time_zone.h"
#include "rules/template/template_set.h"

namespace ecsward::notify {
namespace {

using Files = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kDefaultName = "ecsward.tmpl";

// Files that cannot be parsed are left out: who reads the configuration has refused them.
TemplateSet SetOf(const Files& files, std::vector<Error>* problems) {
  TemplateSet set;
  (void)set.Add(kDefaultTemplates, kDefaultName);
  for (const auto& [name, text] : files) {
    const auto ok = set.Add(text, std::string_view(name).substr(name.rfind('/') + 1));
    if (!ok && problems != nullptr) problems->push_back(Error(ok.error()).Context(name));
  }
  return set;
}

// How many bytes a template may write before it is stopped, because of what is behind them
// nothing would be left.
std::size_t MostBytes(const TextLimit& limit) {
  const std::size_t whole = kNotificationLimits.output_bytes;
  const std::size_t bytes = limit.bytes == 0 ? whole : limit.bytes + 1;
  // A character has four bytes at most. What the cleaning takes away is not counted, so there is a
  // little more.
  constexpr std::size_t kSpare = 4'096;
  const std::size_t characters =
      limit.characters == 0 || limit.characters > whole / 4 ? whole : (limit.characters + 1) * 4;
  return std::min({whole, bytes + kSpare, characters + kSpare});
}

}  // namespace

struct Content::Impl {
  explicit Impl(ContentOptions given)
      : options(std::move(given)), set(SetOf(options.templates, nullptr)) {}

  Telling telling() const { return {options.language, &options.host}; }

  Result<std::string> Expand(std::string_view text, const Notification& notification,
                             const TextLimit& limit, bool html) const {
    const NoticeView view(notification);
    const Telling told = telling();
    const TemplateSource source{notification, view, told, options.external_url, limit};
    TemplateRun run;
    run.dot = DataOf(source);
    run.external_url = options.external_url;
    run.now_ms = view.at_ms();
    run.escape_html = html;
    TimeZones zones;
    run.zone_offset = [&zones](const std::string& name, std::int64_t unix_seconds) {
      const auto zone = zones.Find(name);
      return zone ? std::optional((*zone)->OffsetAt(unix_seconds)) : std::nullopt;
    };
    if (limit.bytes != 0 || limit.characters != 0) {
      run.limits.output_bytes = MostBytes(limit);
      run.limits.stop_when_full = true;
    }
    auto out = set.Expand(text, run);
    if (!out) return out;
    return CutText(CleanText(*out, LineBreaks::kKept), limit);
  }

  ContentOptions options;
  TemplateSet set;
};

Content::Content(ContentOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Content::~Content() = default;

std::string Content::Title(const Notification& notification, TextLimit limit) const {
  const NoticeView view(notification);
  return CutText(DefaultTitle(notification, view, impl_->telling()), limit);
}

std::string Content::Body(const Notification& notification, TextStyle style,
                          TextLimit limit) const {
  const NoticeView view(notification);
  std::string out =
      DefaultBody(notification, view, impl_->telling(), impl_->options.external_url, style, limit);
  // Of no alerts only a frame is left, and where not even that fits, nothing.
  return Fits(SizeOf(out), limit) ? out : "";
}

Result<std::string> Content::Expand(std::string_view text, const Notification& notification) const {
  return impl_->Expand(text, notification, {}, false);
}

Result<std::string> Content::Expand(std::string_view text, const Notification& notification,
                                    TextLimit limit) const {
  return impl_->Expand(text, notification, limit, false);
}

Result<std::string> Content::ExpandHtml(std::string_view text, const Notification& notification,
                                        TextLimit limit) const {
  return impl_->Expand(text, notification, limit, true);
}

const std::string& Content::language() const { return impl_->options.language; }
const std::string& Content::external_url() const { return impl_->options.external_url; }

Result<void> CheckNotifyTemplate(std::string_view text) { return TemplateSet::CheckSyntax(text); }

Result<void> CheckNotifyTemplate(std::string_view text, const Files& files) {
  return SetOf(files, nullptr).Check(text);
}

Result<void> CheckTemplateFiles(const Files& files) {
  std::vector<Error> problems;
  const TemplateSet set = SetOf(files, &problems);
  if (!problems.empty()) return problems.front();
  return set.CheckCalls();
}

}  // namespace ecsward::notify
