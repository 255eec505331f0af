#include "rules/template/template_set.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "rules/template/parser.h"
#include "rules/template/unicode.h"

namespace ecsward {
namespace {

using templates::FunctionSet;
using templates::Node;
using templates::NodeType;
using templates::ParsedTemplates;

// The first call of a template that `known` does not know; null: there is none.
template <class Known>
const Node* FindUnknownCall(const Node& node, const Known& known) {
  if (node.type == NodeType::kTemplate && !known(node.text)) return &node;
  for (const auto& child : node.children) {
    if (const Node* found = FindUnknownCall(*child, known)) return found;
  }
  for (const auto* part : {&node.list, &node.else_list}) {
    if (!*part) continue;
    if (const Node* found = FindUnknownCall(**part, known)) return found;
  }
  return nullptr;
}

Result<void> CheckCallsOf(const ParsedTemplates& parsed, std::string_view name,
                          const templates::NamedTemplates& others) {
  const auto known = [&](const std::string& called) {
    return parsed.named.contains(called) || others.contains(called);
  };
  const Node* unknown = FindUnknownCall(*parsed.root, known);
  for (const auto& [defined, list] : parsed.named) {
    if (unknown == nullptr) unknown = FindUnknownCall(*list, known);
  }
  if (unknown == nullptr) return {};
  const std::string_view before = std::string_view(parsed.text).substr(0, unknown->position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  return Fail(ErrorCode::kInvalidArgument, "template: " + std::string(name) + ":" +
                                               std::to_string(line) + ": template " +
                                               templates::Quote(unknown->text) + " not defined");
}

}  // namespace

struct TemplateSet::File {
  std::string name;
  ParsedTemplates parsed;
};

TemplateSet::TemplateSet() = default;
TemplateSet::~TemplateSet() = default;
TemplateSet::TemplateSet(TemplateSet&&) noexcept = default;
TemplateSet& TemplateSet::operator=(TemplateSet&&) noexcept = default;

Result<void> TemplateSet::Add(std::string text, std::string_view name) try {
  auto parsed = templates::Parse(std::move(text), name, FunctionSet::kNotifications);
  if (!parsed) return std::move(parsed).error();
  files_.push_back(std::make_unique<const File>(File{std::string(name), *std::move(parsed)}));
  const File& file = *files_.back();
  const auto put = [&](const std::string& defined, const Node* list) {
    templates::NamedTemplate& place = named_[defined];
    // As in Go, an empty one takes nobody's place.
    if (place.list != nullptr && templates::IsEmptyTree(*list)) return;
    place = {&file.parsed, file.name, list};
  };
  for (const auto& [defined, list] : file.parsed.named) put(defined, list.get());
  put(file.name, file.parsed.root.get());
  return {};
} catch (const std::exception& e) {  // out of memory
  return Fail(ErrorCode::kInternal, e.what());
}

Result<std::string> TemplateSet::Expand(std::string_view text, const TemplateRun& run) const try {
  const auto parsed = templates::Parse(std::string(text), "", FunctionSet::kNotifications);
  if (!parsed) return parsed.error();
  TemplateData data;
  data.external_url = run.external_url;
  data.time_ms = run.now_ms;
  data.zone_offset = run.zone_offset;
  return templates::Execute({*parsed, "", data, run.dot, &named_, run.limits, run.escape_html});
} catch (const std::exception& e) {  // out of memory
  return Fail(ErrorCode::kInternal, e.what());
}

Result<void> TemplateSet::CheckSyntax(std::string_view text) try {
  const auto parsed = templates::Parse(std::string(text), "", FunctionSet::kNotifications);
  if (!parsed) return parsed.error();
  return {};
} catch (const std::exception& e) {
  return Fail(ErrorCode::kInternal, e.what());
}

Result<void> TemplateSet::Check(std::string_view text) const try {
  const auto parsed = templates::Parse(std::string(text), "", FunctionSet::kNotifications);
  if (!parsed) return parsed.error();
  return CheckCallsOf(*parsed, "", named_);
} catch (const std::exception& e) {
  return Fail(ErrorCode::kInternal, e.what());
}

Result<void> TemplateSet::CheckCalls() const {
  for (const auto& file : files_) {
    if (auto ok = CheckCallsOf(file->parsed, file->name, named_); !ok) return ok;
  }
  return {};
}

}  // namespace ecsward
