// Addresses as they stand in a configuration: `ops@example.com`, `值班 <ops@example.com>`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward::notify {

struct MailAddress {
  std::string name;     // UTF-8, on one line; often empty
  std::string address;  // ASCII: "ops@example.com"
  bool operator==(const MailAddress&) const = default;
};

// One address: bare, or a name and the address in angle brackets; a name with a comma stands in
// quotation marks. What could end a header line or an SMTP command is refused, as is an address
// that is not ASCII: not every relay takes those (RFC 6531).
// errors: kInvalidArgument
Result<MailAddress> ParseMailAddress(std::string_view text);

// One or more with commas between, as in Alertmanager's `to`. errors: kInvalidArgument
Result<std::vector<MailAddress>> ParseMailAddresses(std::string_view text);

// "example.com"
std::string_view DomainOf(std::string_view address);

// For option tables.
Result<void> CheckMailAddress(std::string_view text);
Result<void> CheckMailAddresses(std::string_view text);

}  // namespace ecsward::notify
