// The rules that are built in: conf/rules/*.yml, put into the program when it is built.
#pragma once

#include <span>
#include <string_view>

namespace ecsward {

struct StockRuleFile {
  std::string_view name;  // "stock/disk.yml"
  std::string_view yaml;
};

std::span<const StockRuleFile> StockRules();

}  // namespace ecsward
