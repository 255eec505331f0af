// D-Bus messages as bytes: the few kinds that asking systemd takes. Pure functions and two cursors;
// whatever the bytes are, nothing is read outside them.
// source: https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace ecsward {

// A header's fixed part, which says how long the whole message is.
inline constexpr std::size_t kBusFixedBytes = 16;
// The specification allows 128 MiB. 5,000 units are 1.5 MB.
inline constexpr std::size_t kMaxBusMessage = std::size_t{16} << 20U;

// A method call whose arguments are strings, or one array of strings.
struct BusCall {
  std::string_view destination, path, interface, member;
  std::span<const std::string_view> strings = {};
  bool as_array = false;  // signature "as" instead of one "s" each
};
// Appends the call, which must not start a service, to `out`.
void AppendBusCall(const BusCall& call, std::uint32_t serial, std::string& out);

// Takes values off a message's bytes. Positions count from the first of them: a body begins at a
// multiple of 8, so it may stand alone. Once something does not fit, everything fails.
class BusReader {
 public:
  explicit BusReader(std::string_view bytes) : bytes_(bytes) {}

  bool Align(std::size_t to);
  bool Byte(std::uint8_t& out);
  template <class T>
  bool Number(T& out);                    // of 2, 4 or 8 bytes, aligned to its size
  bool String(std::string_view& out);     // "s" and "o"
  bool Signature(std::string_view& out);  // "g"
  // The length of an array of elements so aligned; `end` is where it is over.
  bool Array(std::size_t alignment, std::size_t& end);
  std::size_t at() const { return at_; }

 private:
  bool Take(std::size_t size, std::string_view& out);

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool good_ = true;
};

struct BusMessage {
  enum class Type : std::uint8_t { kCall = 1, kReturn, kError, kSignal };
  Type type = Type::kSignal;
  std::uint32_t reply_to = 0;  // the call's serial
  // Views of the message's bytes.
  std::string_view error_name, signature, body;
};

// How long the message is that begins with these bytes, kBusFixedBytes of them.
// errors: kParse when they are no header of this byte order and version, or longer than
// kMaxBusMessage
Result<std::size_t> BusMessageSize(std::string_view fixed);
// One whole message. errors: kParse
Result<BusMessage> ParseBusMessage(std::string_view bytes);

// A property's value, of a basic type; monostate where there is none. int64 is boolean too.
using BusValue = std::variant<std::monostate, std::string, std::uint64_t, std::int64_t, double>;
// The body of a Properties.Get answer: one variant. errors: kParse, also for arrays and structs
Result<BusValue> ParseBusVariant(std::string_view body);

// One row of what ListUnits and ListUnitsFiltered answer, a(ssssssouso). Views of the body.
// source: org.freedesktop.systemd1(5)
struct BusUnit {
  std::string_view name, load_state, active_state, sub_state;
};
// Cleared and refilled. errors: kParse naming the row
Result<void> ParseBusUnits(std::string_view body, std::vector<BusUnit>& out);

}  // namespace ecsward
