// What fills the variables of a message template that Alibaba Cloud has approved: JSON of short
// values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/notify/content.h"
#include "exporters/notify/notification.h"

namespace ecsward::notify {

struct TemplateParams {
  std::string json;     // {"name":"DiskFull","count":"2"}; empty: there are none
  std::string problem;  // of a template that failed, and was done without
};

// Each value is one line without links, at most `characters` long (cut with "…"). A template that
// fails gives the alert's name, an empty value becomes "-": the vendor refuses a message for an
// empty variable, and somebody has to learn of the alert.
TemplateParams ExpandParams(const std::vector<std::pair<std::string, std::string>>& templates,
                            const Notification& notification, const Content& content,
                            std::size_t characters);

// `alertname` of the first alert, else its group's key.
std::string NameOf(const Notification& notification);

// What is known of variables' names: letters, digits, underscores. errors: kInvalidArgument
Result<void> CheckParamName(std::string_view name);

}  // namespace ecsward::notify
