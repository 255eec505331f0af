// What a template is made of, once it is parsed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward::templates {

enum class NodeType : std::uint8_t {
  kList,
  kText,
  kAction,
  kIf,
  kRange,
  kWith,
  kTemplate,
  kBreak,
  kContinue,
  kPipe,
  kCommand,
  kField,       // .a.b
  kVariable,    // $x.a.b
  kChain,       // (…).a.b
  kIdentifier,  // a function
  kDot,
  kNil,
  kBool,
  kNumber,
  kString,
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

// One shape for all: what a node has depends on its type.
struct Node {
  NodeType type = NodeType::kList;
  std::size_t position = 0;  // of its text in the template, in bytes
  // kText: the text; kIdentifier: its name; literals: as they are written; kTemplate: the name
  std::string text;
  std::string value;               // kString: what it means
  std::vector<std::string> names;  // kField; kVariable: "$x" first; kChain; kPipe: what it declares
  bool flag = false;               // kBool: its value; kPipe: assigns instead of declaring
  std::optional<std::int64_t> integer;  // kNumber: either or both
  std::optional<double> real;
  bool ideal_real = false;  // kNumber: a float where the context does not say
  // kList: what is in it; kPipe: commands; kCommand: operands; kChain: what is before the dots
  std::vector<NodePtr> children;
  NodePtr pipe;             // kAction, kIf, kRange, kWith; kTemplate, which may have none
  NodePtr list, else_list;  // kIf, kRange, kWith; the second may be null
};

// As the template would be written: for error messages.
std::string ToString(const Node& node);

// Nothing in it but blanks.
bool IsEmptyTree(const Node& list);

// Whose functions a template may call.
enum class FunctionSet : std::uint8_t { kRules, kNotifications };

struct ParsedTemplates {
  std::string text;  // of the whole
  FunctionSet functions = FunctionSet::kRules;
  std::map<std::string, NodePtr> named;  // {{define}} and {{block}}
  NodePtr root;
};

}  // namespace ecsward::templates
