// Templates of notifications: texts over a value of the caller's, which may call each other.
// source: https://prometheus.io/docs/alerting/latest/notifications/
//         https://pkg.go.dev/text/template
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/template/executor.h"
#include "rules/template/value.h"

namespace ecsward {

// What one expansion of a notification's template may cost: a group has thousands of alerts.
inline constexpr templates::ExecutionLimits kNotificationLimits{1'500'000, std::size_t{1} << 20};

struct TemplateRun {
  templates::Value dot;      // of the whole
  std::string external_url;  // for the functions externalURL and pathPrefix
  std::int64_t now_ms = 0;   // for `since`
  ZoneOffset zone_offset;    // for `tz`, as TemplateData's
  bool escape_html = false;
  templates::ExecutionLimits limits = kNotificationLimits;
};

// Thread-safe once all files are in.
class TemplateSet {
 public:
  TemplateSet();
  ~TemplateSet();
  TemplateSet(TemplateSet&&) noexcept;
  TemplateSet& operator=(TemplateSet&&) noexcept;

  // The text of a file: what it defines takes the place of what an earlier one defined by the same
  // name, and the whole is called by `name`. errors: kParse `template: ops.tmpl:3: …`
  Result<void> Add(std::string text, std::string_view name);

  // errors: kParse or kInvalidArgument `template: :1:5: executing "" at <.x>: can't …`
  Result<std::string> Expand(std::string_view text, const TemplateRun& run) const;
  // Whether it can be parsed. errors: kParse
  static Result<void> CheckSyntax(std::string_view text);
  // And whether all that it calls is there. errors: kParse or kInvalidArgument
  Result<void> Check(std::string_view text) const;
  // Whether what the files call is there.
  Result<void> CheckCalls() const;

 private:
  struct File;
  std::vector<std::unique_ptr<const File>> files_;  // a file's place stays
  templates::NamedTemplates named_;
};

}  // namespace ecsward
