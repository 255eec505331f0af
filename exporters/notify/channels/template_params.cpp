#include "exporters/notify/channels/template_params.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {

std::string NameOf(const Notification& notification) {
  for (const GroupNotice& group : notification.groups) {
    for (const NotifiedAlert& alert : group.alerts) {
      const std::string_view name = Get(alert.labels, "alertname");
      if (!name.empty()) return std::string(name);
    }
  }
  return notification.groups.empty() ? std::string() : notification.groups.front().group_key;
}

TemplateParams ExpandParams(const std::vector<std::pair<std::string, std::string>>& templates,
                            const Notification& notification, const Content& content,
                            std::size_t characters) {
  TemplateParams params;
  if (templates.empty()) return params;
  nlohmann::ordered_json values = nlohmann::ordered_json::object();
  for (const auto& [name, text] : templates) {
    auto expanded = content.Expand(text, notification);
    if (!expanded) {
      params.problem = fmt::format("{}: {}", name, ShortLine(expanded.error().message, 160));
    }
    std::string value = OneLineWithoutLinks(expanded ? *std::move(expanded) : NameOf(notification));
    if (value.empty()) value = "-";
    values[name] = CutText(value, {0, characters});
  }
  params.json = values.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return params;
}

Result<void> CheckParamName(std::string_view name) {
  const bool fine = !name.empty() && name.size() <= 64 &&
                    name.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789_-") == std::string_view::npos;
  if (fine) return {};
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("want a variable's name as in the template, such as \"name\", got \"{}\"",
                          ShortLine(name, 40)));
}

}  // namespace ecsward::notify
