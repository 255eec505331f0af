// The half of the parser that is inside of {{ }}: pipelines, commands, operands. parser.cpp puts
// the blocks around it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/template/lexer.h"
#include "rules/template/parse_tree.h"

namespace ecsward::templates {

// Every function that returns a NodePtr returns null when it has failed; what went wrong is then in
// error_.
class PipelineParser {
 protected:
  // `text` outlives this.
  PipelineParser(std::string_view text, std::string_view name, FunctionSet functions)
      : tokens_(Lex(text)), name_(name), functions_(functions) {}

  const Token& Peek();
  const Token& Next();
  const Token& PeekBehindSpace();
  const Token& NextBehindSpace();

  NodePtr Error(std::string_view message);
  NodePtr Unexpected(const Token& token, std::string_view where);
  static NodePtr New(NodeType type, const Token& token);

  // Nesting is bounded so that neither this nor what walks the tree can run out of stack.
  class Nested {
   public:
    explicit Nested(PipelineParser& parser) : parser_(parser) { ++parser_.nesting_; }
    ~Nested() { --parser_.nesting_; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    bool TooDeep() const;

   private:
    PipelineParser& parser_;
  };

  // Commands between bars, to `end`, which is taken.
  NodePtr Pipeline(std::string_view where, TokenType end);

  Tokens tokens_;
  std::string name_;
  FunctionSet functions_;
  std::size_t next_ = 0, furthest_ = 0;
  int action_line_ = 0;
  int nesting_ = 0;
  std::vector<std::string> variables_ = {"$"};
  std::string error_;

 private:
  bool Declarations(Node& pipe, std::string_view where);
  NodePtr Checked(NodePtr pipe, std::string_view where);
  NodePtr Command();
  NodePtr Operand();
  NodePtr Term();
  NodePtr Variable();
  NodePtr Number();
};

}  // namespace ecsward::templates
