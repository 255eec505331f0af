// Takes /proc text apart without copying: lines, fields, numbers. Each call moves a view forward.
//
//   std::string_view line, name;
//   while (NextLine(text, line)) {
//     double value = 0;
//     if (!NextField(line, name) || !NextNumber(line, value)) …
//   }
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace ecsward {

// Takes the next line (without its newline) off `text`. False at the end.
inline bool NextLine(std::string_view& text, std::string_view& line) {
  if (text.empty()) return false;
  const auto end = text.find('\n');
  line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return true;
}

// Takes the next field, between blanks or tabs, off `line`. False when there is none.
inline bool NextField(std::string_view& line, std::string_view& field) {
  std::size_t i = 0;
  while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
  std::size_t end = i;
  while (end < line.size() && line[end] != ' ' && line[end] != '\t') ++end;
  field = line.substr(i, end - i);
  line.remove_prefix(end);
  return !field.empty();
}

// The whole of `text` as a number; false when it is not one. Base 16 is without "0x".
inline bool ParseUint(std::string_view text, std::uint64_t& out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size();
}
inline bool ParseInt(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}
bool ParseDouble(std::string_view text, double& out);  // also "1e3", not "inf" or "nan"

// Whole numbers are nearly all there is in /proc, and much cheaper than the general case.
inline bool ParseNumber(std::string_view text, double& out) {
  std::uint64_t whole = 0;
  if (ParseUint(text, whole)) {
    out = static_cast<double>(whole);
    return true;
  }
  return ParseDouble(text, out);
}

inline bool NextUint(std::string_view& line, std::uint64_t& out) {
  std::string_view field;
  return NextField(line, field) && ParseUint(field, out);
}
inline bool NextNumber(std::string_view& line, double& out) {
  std::string_view field;
  return NextField(line, field) && ParseNumber(field, out);
}

// A line of the text is not what its format says: kParse, "line 3: want two numbers". Counts
// from 1.
Error LineError(std::size_t number, std::string_view what);

inline std::string_view Trim(std::string_view s) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = s.find_first_not_of(kSpace);
  return first == std::string_view::npos ? std::string_view()
                                         : s.substr(first, s.find_last_not_of(kSpace) - first + 1);
}

}  // namespace ecsward
