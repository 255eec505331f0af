// Takes a template apart into tokens.
//
//   a {{- if .x }}  →  text "a", "{{", if, space, field ".x", space, "}}"
//
// A "-" beside a delimiter takes white space off the text beside it; comments leave nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward::templates {

enum class TokenType : std::uint8_t {
  kError,  // the text cannot be read on; what is wrong is in Tokens::error
  kEof,
  kAssign,   // =
  kBool,     // true, false
  kComma,    // and any other character that the grammar has no use for
  kDeclare,  // :=
  kDot,      // . alone
  kField,    // .name
  kIdentifier,
  kLeftDelim,
  kLeftParen,
  kNumber,
  kCharacter,  // 'a'
  kPipe,
  kRawString,  // `a`, with its quotes
  kRightDelim,
  kRightParen,
  kSpace,
  kString,  // "a", with its quotes
  kText,    // outside of {{ }}
  kVariable,
  kBlock,  // from here on: keywords
  kBreak,
  kContinue,
  kDefine,
  kElse,
  kEnd,
  kIf,
  kNil,
  kRange,
  kTemplate,
  kWith,
};

struct Token {
  TokenType type = TokenType::kEof;
  std::string_view text;     // a view of the template
  std::size_t position = 0;  // in the template, in bytes
  int line = 1;
};

struct Tokens {
  std::vector<Token> list;  // ends with kEof or kError
  std::string error;
};

Tokens Lex(std::string_view text);

}  // namespace ecsward::templates
