#include "exporters/notify/channels/vendor_answer.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/json_fields.h"

namespace ecsward::notify {
namespace {

using nlohmann::json;

// A number, or a text that is one, as some gateways write it.
std::optional<std::int64_t> CodeAt(const json& object, const char* key) {
  const auto it = object.find(key);
  if (it == object.end()) return std::nullopt;
  if (it->is_number_unsigned()) {
    constexpr auto kMost = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return static_cast<std::int64_t>(std::min(it->get<std::uint64_t>(), kMost));
  }
  if (it->is_number_integer()) return it->get<std::int64_t>();
  if (!it->is_string()) return std::nullopt;
  const std::string& text = it->get_ref<const std::string&>();
  std::int64_t code = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), code);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return code;
}

// The codes for "too fast" are known from hearsay and change; the words are much the same.
bool SpeaksOfRate(std::string_view message) {
  std::string lower(message.substr(0, 512));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string_view words : {"too fast", "too many request", "frequency limit",
                                       "freq out of limit", "rate limit", "限流", "频率"}) {
    if (lower.find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<VendorAnswer> ParseVendorAnswer(std::string_view body,
                                              std::span<const VendorFields> fields) {
  const json read = json::parse(body, nullptr, false);
  if (!read.is_object()) return std::nullopt;
  std::optional<VendorAnswer> found;
  for (const VendorFields& field : fields) {
    const auto code = CodeAt(read, field.code);
    if (!code || (found && *code == 0)) continue;
    found = VendorAnswer{*code, TextAt(read, field.message), std::nullopt};
    if (*code != 0) return found;
  }
  if (!found && TextAt(read, "punish") == "deny") {
    constexpr std::int64_t kMostSeconds = 3600;
    const auto wait = std::clamp<std::int64_t>(CodeAt(read, "wait").value_or(1), 1, kMostSeconds);
    return VendorAnswer{CodeAt(read, "status").value_or(-1), "punish: deny",
                        std::chrono::seconds(wait)};
  }
  return found;
}

VendorVerdict JudgeVendorCode(const VendorAnswer& answer, const VendorTraits& vendor) {
  using Outcome = Delivery::Outcome;
  using Kind = VendorCode::Kind;
  if (answer.come_back) return {Outcome::kRetry, "rate_limited", "", true};
  const auto known =
      std::find_if(vendor.codes.begin(), vendor.codes.end(),
                   [&](const VendorCode& candidate) { return candidate.code == answer.code; });
  if (known != vendor.codes.end()) {
    if (known->kind == Kind::kTooFast)
      return {Outcome::kRetry, "rate_limited", known->advice, true};
    const bool permanent = known->kind == Kind::kPermanent;
    return {permanent ? Outcome::kRefused : Outcome::kRetry, "api_code", known->advice, true};
  }
  if (SpeaksOfRate(answer.message)) return {Outcome::kRetry, "rate_limited", "", true};
  return {Outcome::kRetry, "api_code", "", false};
}

}  // namespace ecsward::notify
