// The tables of /proc/interrupts and /proc/softirqs: one row a kind, one column a CPU.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

// source: proc(5) /proc/interrupts, /proc/softirqs
//
//             CPU0       CPU1
//    36:         0     118855 PCI-MSIX-0000:00:02.0   1-edge   virtio1-req.0
//   LOC:     42894      39047   Local timer interrupts
//   ERR:         0
struct CpuTable {
  struct Row {
    std::string_view name;  // left of the colon: "36", "LOC"
    std::size_t first_value = 0;
    std::string_view rest;  // right of the numbers, trimmed
  };
  std::span<const double> ValuesOf(const Row& row) const {
    return std::span(values).subspan(row.first_value, cpus.size());
  }

  std::vector<std::string_view> cpus;  // the kernel's numbers, from the headings: "0", "1", …
  std::vector<Row> rows;
  std::vector<double> values;
};

// Fills `out` with views into `text`.
// shape:  rows that do not count per CPU (ERR, MIS) are left out; CPUs may come and go
// errors: kParse naming the line, when the headings are not CPUs, a row has no name, or a count is
//         not a number
Result<void> ParseCpuTable(std::string_view text, CpuTable& out);

}  // namespace ecsward
