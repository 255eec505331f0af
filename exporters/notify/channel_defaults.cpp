#include "exporters/notify/channel_defaults.h"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <charconv>
#include <system_error>
#include <utility>

namespace ecsward::notify {
namespace {

using Value = ChannelSettings::Value;

bool ReadInteger(std::string_view text, std::int64_t& into) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

// Prometheus's durations: each unit at most once, the larger first.
bool ReadDuration(std::string_view text, std::int64_t& ms) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kUnits{{{"y", 31'536'000'000},
                                                                             {"w", 604'800'000},
                                                                             {"d", 86'400'000},
                                                                             {"h", 3'600'000},
                                                                             {"m", 60'000},
                                                                             {"s", 1'000},
                                                                             {"ms", 1}}};
  constexpr std::int64_t kMost = 100 * kUnits[0].second;
  ms = 0;
  if (text == "0") return true;
  if (text.empty()) return false;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::int64_t count = 0;
    if (digits == 0 || !ReadInteger(text.substr(0, digits), count)) return false;
    text.remove_prefix(digits);
    const std::string_view name =
        text.substr(0, std::min(text.find_first_of("0123456789"), text.size()));
    while (next_unit < kUnits.size() && kUnits[next_unit].first != name) ++next_unit;
    if (next_unit == kUnits.size() || count > kMost / kUnits[next_unit].second) return false;
    ms += count * kUnits[next_unit++].second;
    text.remove_prefix(name.size());
  }
  return ms <= kMost;
}

Result<Value> Parse(const ChannelOption& option, std::string_view text) {
  Value value;
  value.text = text;
  switch (option.kind) {
    case OptionKind::kSecret:
    case OptionKind::kSecretUrl:
      value.text.clear();
      value.secret = Secret(text);
      break;
    case OptionKind::kBool:
      if (text != "true" && text != "false") {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("want true or false, got \"{}\"", text));
      }
      value.integer = text == "true" ? 1 : 0;
      break;
    case OptionKind::kInteger:
      if (!ReadInteger(text, value.integer)) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("want a whole number, got \"{}\"", text));
      }
      break;
    case OptionKind::kDuration:
      if (!ReadDuration(text, value.integer)) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("want a duration such as \"15s\", got \"{}\"", text));
      }
      break;
    case OptionKind::kList:
      for (std::string_view rest = text; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        value.list.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
      break;
    default:
      break;
  }
  return value;
}

}  // namespace

Result<Value> ParseOptionText(const ChannelOption& option, std::string_view text) {
  auto value = Parse(option, text);
  if (!value || option.check == nullptr) return value;
  if (option.kind == OptionKind::kList) {
    for (const std::string& item : value->list) {
      if (auto ok = option.check(item); !ok) return std::move(ok).error();
    }
  } else if (auto ok = option.check(text); !ok) {
    return std::move(ok).error();
  }
  return value;
}

ChannelSettings DefaultSettings(const ChannelSpec& spec) {
  ChannelSettings settings;
  for (const ChannelOption& option : spec.options) {
    // An empty default means that nothing is said: it need not pass the check.
    const bool nothing = option.fallback.empty();
    auto value = nothing ? Result<Value>(Value{}) : ParseOptionText(option, option.fallback);
    assert(value && "a default that is no value of its option");
    settings.Put(option.name, value ? *std::move(value) : Value{});
  }
  return settings;
}

}  // namespace ecsward::notify
