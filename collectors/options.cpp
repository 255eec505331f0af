#include "collectors/options.h"

#include <re2/re2.h>

#include <cassert>
#include <charconv>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

// At most nine digits: the largest number of days still fits.
bool ParseDuration(std::string_view text, std::chrono::milliseconds& out) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (error != std::errc() || number < 0 || number > 999'999'999) return false;
  if (unit == "ms") {
    out = std::chrono::milliseconds(number);
  } else if (unit == "s") {
    out = std::chrono::seconds(number);
  } else if (unit == "m") {
    out = std::chrono::minutes(number);
  } else if (unit == "h") {
    out = std::chrono::hours(number);
  } else if (unit == "d") {
    out = std::chrono::hours(24) * number;
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool NextListItem(std::string_view& list, std::string_view& item) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    item = Trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!item.empty()) return true;
  }
  return false;
}

Result<void> CheckOption(const OptionSpec& spec, std::string_view value) {
  const auto want = [&](std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument,
                std::string("want ").append(what).append(", got \"").append(value).append("\""));
  };
  switch (spec.kind) {
    case OptionKind::kBool:
      if (value != "true" && value != "false") return want("true or false");
      break;
    case OptionKind::kInt: {
      long number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc() || end != value.data() + value.size()) return want("a whole number");
      break;
    }
    case OptionKind::kRegex: {
      RE2::Options quiet;
      quiet.set_log_errors(false);
      const RE2 regex(re2::StringPiece(value.data(), value.size()), quiet);
      if (!regex.ok()) {
        Error error = want("a regular expression (RE2)");
        error.message.append(": ").append(regex.error());
        return error;
      }
      break;
    }
    case OptionKind::kDuration: {
      std::chrono::milliseconds duration;
      if (!ParseDuration(value, duration)) return want("a duration such as \"5s\"");
      break;
    }
    case OptionKind::kList: {
      std::string_view rest = value;
      std::string_view item;
      while (spec.check != nullptr && NextListItem(rest, item)) {
        if (auto ok = spec.check(item); !ok) return ok;
      }
      return {};
    }
    case OptionKind::kString:
      break;
  }
  if (spec.check != nullptr) return spec.check(value);
  return {};
}

std::string_view CollectorOptions::String(std::string_view name) const {
  if (const auto it = values_.find(name); it != values_.end()) return it->second;
  for (const OptionSpec& spec : specs_) {
    if (spec.name == name) return spec.default_value;
  }
  assert(false && "a collector asked for a setting that its table does not list");
  return {};
}

long CollectorOptions::Int(std::string_view name) const {
  const std::string_view text = String(name);
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::chrono::milliseconds CollectorOptions::Duration(std::string_view name) const {
  std::chrono::milliseconds duration{0};
  ParseDuration(String(name), duration);
  return duration;
}

}  // namespace ecsward
