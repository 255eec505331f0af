// D-Bus answers put together by hand, for tests.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward {

inline void BusPad(std::string& out, std::size_t to) {
  out.resize((out.size() + to - 1) / to * to);
}

inline void BusNumber(std::string& out, std::size_t number) {
  BusPad(out, 4);
  const auto value = static_cast<std::uint32_t>(number);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void BusString(std::string& out, std::string_view text) {
  BusNumber(out, text.size());
  out.append(text) += '\0';
}

// `fields` as they stand behind their length.
inline std::string BusBytes(char type, const std::string& fields, std::string_view body) {
  std::string out{'l', type, 1, 1};
  BusNumber(out, body.size());
  BusNumber(out, 9);
  BusNumber(out, fields.size());
  out += fields;
  BusPad(out, 8);
  return out.append(body);
}

inline std::string BusReplyFields(std::uint32_t reply_to) {
  std::string fields{5, 1, 'u', 0};
  BusNumber(fields, reply_to);
  return fields;
}

inline std::string BusReply(std::uint32_t reply_to, std::string_view signature,
                            std::string_view body) {
  std::string fields = BusReplyFields(reply_to);
  fields.append({8, 1, 'g', 0, static_cast<char>(signature.size())}).append(signature) += '\0';
  return BusBytes(2, fields, body);
}

inline std::string BusErrorReply(std::uint32_t reply_to, std::string_view name) {
  std::string fields = BusReplyFields(reply_to);
  fields.append({4, 1, 's', 0});
  BusString(fields, name);
  return BusBytes(3, fields, "");
}

// name, load, active and sub state
using BusUnitRow = std::array<std::string_view, 4>;
inline std::string BusUnitList(const std::vector<BusUnitRow>& rows) {
  std::string out(8, '\0');
  for (const BusUnitRow& row : rows) {
    BusPad(out, 8);
    for (const std::string_view text : {row[0], std::string_view("what it is"), row[1], row[2],
                                        row[3], std::string_view(), std::string_view("/u")}) {
      BusString(out, text);
    }
    BusNumber(out, 0);
    BusString(out, "");
    BusString(out, "/");
  }
  const auto size = static_cast<std::uint32_t>(out.size() - 8);
  std::memcpy(out.data(), &size, sizeof size);
  return out;
}

}  // namespace ecsward
