#include "rules/template/parse_tree.h"

#include <algorithm>

#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

void Append(const Node& node, std::string& out);

void AppendNames(const std::vector<std::string>& names, bool first_is_bare, std::string& out) {
  for (const std::string& name : names) {
    if (!first_is_bare) out += '.';
    first_is_bare = false;
    out += name;
  }
}

void AppendPipe(const Node& pipe, std::string& out) {
  for (std::size_t i = 0; i < pipe.names.size(); ++i) {
    if (i > 0) out += ", ";
    out += pipe.names[i];
  }
  if (!pipe.names.empty()) out += pipe.flag ? " = " : " := ";
  for (std::size_t i = 0; i < pipe.children.size(); ++i) {
    if (i > 0) out += " | ";
    Append(*pipe.children[i], out);
  }
}

void AppendOperand(const Node& node, std::string& out) {
  const bool parens = node.type == NodeType::kPipe;
  if (parens) out += '(';
  Append(node, out);
  if (parens) out += ')';
}

void AppendBranch(const Node& node, std::string_view word, std::string& out) {
  out.append("{{").append(word).append(" ");
  AppendPipe(*node.pipe, out);
  out += "}}";
  Append(*node.list, out);
  if (node.else_list) {
    out += "{{else}}";
    Append(*node.else_list, out);
  }
  out += "{{end}}";
}

void Append(const Node& node, std::string& out) {
  switch (node.type) {
    case NodeType::kList:
      for (const NodePtr& child : node.children) Append(*child, out);
      return;
    case NodeType::kAction:
      out += "{{";
      AppendPipe(*node.pipe, out);
      out += "}}";
      return;
    case NodeType::kIf:
      return AppendBranch(node, "if", out);
    case NodeType::kRange:
      return AppendBranch(node, "range", out);
    case NodeType::kWith:
      return AppendBranch(node, "with", out);
    case NodeType::kTemplate:
      out += "{{template " + Quote(node.text);
      if (node.pipe) {
        out += ' ';
        AppendPipe(*node.pipe, out);
      }
      out += "}}";
      return;
    case NodeType::kBreak:
      out += "{{break}}";
      return;
    case NodeType::kContinue:
      out += "{{continue}}";
      return;
    case NodeType::kPipe:
      return AppendPipe(node, out);
    case NodeType::kCommand:
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += ' ';
        AppendOperand(*node.children[i], out);
      }
      return;
    case NodeType::kField:
      return AppendNames(node.names, false, out);
    case NodeType::kVariable:
      return AppendNames(node.names, true, out);
    case NodeType::kChain:
      AppendOperand(*node.children.front(), out);
      return AppendNames(node.names, false, out);
    case NodeType::kDot:
      out += '.';
      return;
    case NodeType::kNil:
      out += "nil";
      return;
    case NodeType::kText:
    case NodeType::kIdentifier:
    case NodeType::kBool:
    case NodeType::kNumber:
    case NodeType::kString:
      out += node.text;
      return;
  }
}

}  // namespace

std::string ToString(const Node& node) {
  std::string out;
  Append(node, out);
  return out;
}

bool IsEmptyTree(const Node& list) {
  return std::all_of(list.children.begin(), list.children.end(), [](const NodePtr& node) {
    return node->type == NodeType::kText &&
           node->text.find_first_not_of(" \t\r\n\v\f") == std::string::npos;
  });
}

}  // namespace ecsward::templates
