#include "rules/template/template.h"

#include <exception>

#include "rules/template/executor.h"
#include "rules/template/parser.h"
#include "rules/template/value.h"

namespace ecsward {
namespace {

using templates::Node;
using templates::NodeType;

// Prometheus puts this before every template, which is why a place in an error message counts
// from there.
constexpr std::string_view kPrelude =
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
    "{{$externalURL := .ExternalURL}}{{$value := .Value}}";

Result<templates::ParsedTemplates> ParseWithPrelude(std::string_view text, std::string_view name) {
  return templates::Parse(std::string(kPrelude).append(text), name);
}

// The literal that `query` is given: query "up", or "up" | query.
void CollectQuery(const Node& pipe, std::size_t index, std::vector<std::string>& out) {
  const auto& operands = pipe.children[index]->children;
  if (operands.front()->type != NodeType::kIdentifier || operands.front()->text != "query") return;
  const Node* literal = nullptr;
  if (operands.size() > 1) {
    literal = operands[1].get();
  } else if (index > 0 && pipe.children[index - 1]->children.size() == 1) {
    literal = pipe.children[index - 1]->children.front().get();
  }
  if (literal != nullptr && literal->type == NodeType::kString) out.push_back(literal->value);
}

void CollectQueries(const Node& node, std::vector<std::string>& out) {
  if (node.type == NodeType::kPipe) {
    for (std::size_t i = 0; i < node.children.size(); ++i) CollectQuery(node, i, out);
  }
  for (const auto& child : node.children) CollectQueries(*child, out);
  for (const auto* part : {&node.pipe, &node.list, &node.else_list}) {
    if (*part) CollectQueries(**part, out);
  }
}

}  // namespace

Template::Template(std::string_view text, std::string_view name) : name_(name) {
  try {
    auto parsed = ParseWithPrelude(text, name);
    if (parsed) {
      parsed_ = std::make_unique<const templates::ParsedTemplates>(*std::move(parsed));
    } else {
      problem_ = std::move(parsed).error().Context("error parsing template " + name_);
    }
  } catch (const std::exception& e) {  // out of memory
    problem_ = Fail(ErrorCode::kInternal, "error executing template " + name_ + ": " + e.what());
  }
}
Template::~Template() = default;
Template::Template(Template&&) noexcept = default;
Template& Template::operator=(Template&&) noexcept = default;

Result<std::string> Template::Expand(const TemplateData& data) const {
  if (!parsed_) return problem_;
  try {
    auto out = templates::Execute({*parsed_, name_, data, templates::Value::Data(data)});
    if (!out) return std::move(out).error().Context("error executing template " + name_);
    return out;
  } catch (const std::exception& e) {  // out of memory
    return Fail(ErrorCode::kInternal, "error executing template " + name_ + ": " + e.what());
  }
}

Result<std::string> ExpandTemplate(std::string_view text, const TemplateData& data,
                                   std::string_view name) {
  return Template(text, name).Expand(data);
}

Result<void> CheckTemplate(std::string_view text, std::string_view name) {
  try {
    if (auto parsed = ParseWithPrelude(text, name); !parsed) return std::move(parsed).error();
    return {};
  } catch (const std::exception& e) {
    return Fail(ErrorCode::kInternal, e.what());
  }
}

std::vector<std::string> LiteralQueries(std::string_view text) {
  std::vector<std::string> out;
  try {
    const auto parsed = ParseWithPrelude(text, "");
    if (!parsed) return out;
    CollectQueries(*parsed->root, out);
    for (const auto& [name, list] : parsed->named) CollectQueries(*list, out);
  } catch (const std::exception&) {
    out.clear();
  }
  return out;
}

}  // namespace ecsward
