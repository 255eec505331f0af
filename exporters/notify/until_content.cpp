// Stands in for content.h until those who build it have merged. To be deleted then.
#include "exporters/notify/content.h"

namespace ecsward::notify {

struct Content::Impl {};
Content::Content(ContentOptions) {}
Content::~Content() = default;
std::string Content::Title(const Notification&, TextLimit) const { return {}; }
std::string Content::Body(const Notification&, TextStyle, TextLimit) const { return {}; }
Result<std::string> Content::Expand(std::string_view, const Notification&) const {
  return std::string();
}
Result<std::string> Content::Expand(std::string_view, const Notification&, TextLimit) const {
  return std::string();
}
static const std::string kNothing;
const std::string& Content::language() const { return kNothing; }
const std::string& Content::external_url() const { return kNothing; }
std::string CutText(std::string_view text, TextLimit) { return std::string(text); }
std::size_t CountCharacters(std::string_view text) { return text.size(); }
Result<void> CheckNotifyTemplate(std::string_view text) {
  if (text.find("{{") != text.npos && text.find("}}") == text.npos) {
    return Fail(ErrorCode::kInvalidArgument, "unclosed action");
  }
  return {};
}
Result<void> CheckTemplateFiles(const std::vector<std::pair<std::string, std::string>>& files) {
  for (const auto& [name, text] : files) {
    if (auto ok = CheckNotifyTemplate(text); !ok) return std::move(ok).error().Context(name);
  }
  return {};
}
std::string WebhookJson(const Notification&, const GroupNotice&, std::string_view) { return {}; }

}  // namespace ecsward::notify
