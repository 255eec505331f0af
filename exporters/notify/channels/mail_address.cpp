#include "exporters/notify/channels/mail_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "exporters/notify/channels/one_line.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMaxAddress = 254;  // RFC 5321, with its errata
constexpr std::size_t kMaxName = 256;

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// RFC 5322, dot-atom: quoted local parts exist on paper only.
bool IsLocalPart(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '.' || text.back() == '.') return false;
  constexpr std::string_view kAlso = "!#$%&'*+-/=?^_`{|}~.";
  return text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return IsAlnum(c) || kAlso.find(c) != std::string_view::npos; });
}

bool IsDomain(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' ||
      text.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlnum(c) || c == '-' || c == '.'; });
}

bool IsAddress(std::string_view text) {
  const auto at = text.rfind('@');
  return text.size() <= kMaxAddress && at != std::string_view::npos &&
         IsLocalPart(text.substr(0, at)) && IsDomain(text.substr(at + 1));
}

// `"Ops, night"` → `Ops, night`; what is not in quotation marks stays.
Result<std::string> Unquoted(std::string_view name) {
  if (name.empty() || name.front() != '"') {
    if (name.find_first_of("<>\"") == std::string_view::npos) return std::string(name);
    return Fail(ErrorCode::kInvalidArgument, "a name with such signs stands in quotation marks");
  }
  std::string out;
  std::size_t i = 1;
  for (; i < name.size() && name[i] != '"'; ++i) {
    if (name[i] == '\\' && i + 1 < name.size()) ++i;
    out += name[i];
  }
  if (i + 1 != name.size()) {
    return Fail(ErrorCode::kInvalidArgument, "the name's quotation marks do not end");
  }
  return out;
}

// Where the first address of the list ends: at a comma that is not in quotation marks.
std::size_t EndOfFirst(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ',' && !quoted) {
      return i;
    }
  }
  return text.size();
}

}  // namespace

Result<MailAddress> ParseMailAddress(std::string_view text) {
  MailAddress out;
  text = Trim(text);
  std::string_view address = text;
  if (!text.empty() && text.back() == '>') {
    const auto open = text.rfind('<');
    if (open == std::string_view::npos) {
      return Fail(ErrorCode::kInvalidArgument, "\">\" without \"<\"");
    }
    address = Trim(text.substr(open + 1, text.size() - open - 2));
    auto name = Unquoted(Trim(text.substr(0, open)));
    if (!name) return std::move(name).error();
    if (OneLine(*name) != Trim(*name) || name->size() > kMaxName) {
      return Fail(ErrorCode::kInvalidArgument, "the name must be one line of text");
    }
    out.name = *std::move(name);
  }
  if (!IsAddress(address)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("want an address such as \"ops@example.com\" or \"Ops "
                            "<ops@example.com>\", got \"{}\"",
                            ShortLine(text, 80)));
  }
  out.address = address;
  return out;
}

Result<std::vector<MailAddress>> ParseMailAddresses(std::string_view text) {
  std::vector<MailAddress> all;
  for (;;) {
    const std::size_t end = EndOfFirst(text);
    auto one = ParseMailAddress(text.substr(0, end));
    if (!one) return std::move(one).error();
    all.push_back(*std::move(one));
    if (end == text.size()) return all;
    text.remove_prefix(end + 1);
  }
}

std::string_view DomainOf(std::string_view address) {
  return address.substr(std::min(address.size(), address.rfind('@') + 1));
}

Result<void> CheckMailAddress(std::string_view text) {
  auto address = ParseMailAddress(text);
  if (!address) return std::move(address).error();
  return {};
}

Result<void> CheckMailAddresses(std::string_view text) {
  auto addresses = ParseMailAddresses(text);
  if (!addresses) return std::move(addresses).error();
  return {};
}

}  // namespace ecsward::notify
