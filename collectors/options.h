// The settings of collectors. Each collector lists its own in a table; configuration, command line
// (`mount_points_exclude` in YAML is --collector.filesystem.mount-points-exclude) and documentation
// are made from that table, and from nothing else.
#pragma once

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward {

// kList: separated by commas. kDuration: "5s", "500ms", "2m", "12h", "7d".
enum class OptionKind { kString, kRegex, kBool, kInt, kList, kDuration };

struct OptionSpec {
  std::string_view name;  // snake_case
  OptionKind kind = OptionKind::kString;
  std::string_view default_value;
  std::string_view help;
  // What the kind alone does not tell; null: nothing. For a list, of each of its items.
  Result<void> (*check)(std::string_view value) = nullptr;
};

// Takes the next item, without the blanks around it, off a list. False at the end. Empty items are
// passed over.
bool NextListItem(std::string_view& list, std::string_view& item);

// Whether `value` is one that `spec` allows. errors: kInvalidArgument saying what is wanted:
// `want a regular expression (RE2), got "(": missing closing )`
Result<void> CheckOption(const OptionSpec& spec, std::string_view value);

// The values for one collector: those set by the user over the defaults of the table.
// Values have passed CheckOption.
class CollectorOptions {
 public:
  explicit CollectorOptions(std::span<const OptionSpec> specs) : specs_(specs) {}
  void Set(std::string_view name, std::string value) {
    values_[std::string(name)] = std::move(value);
  }

  // A name that is not in the table is a bug.
  std::string_view String(std::string_view name) const;
  bool Bool(std::string_view name) const { return String(name) == "true"; }
  long Int(std::string_view name) const;
  std::chrono::milliseconds Duration(std::string_view name) const;

 private:
  std::span<const OptionSpec> specs_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace ecsward
