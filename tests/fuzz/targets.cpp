#include "tests/fuzz/targets.h"

#include "collectors/filefd.h"
#include "collectors/cpu_table.h"
#include "collectors/interrupts.h"
#include "collectors/loadavg.h"
#include "collectors/schedstat.h"

namespace ecsward {
namespace {

using Text = std::string_view;

const FuzzTarget kTargets[] = {
    // One row a parser, named after its function, sorted.
    {"parse_file_nr", [](Text t) { (void)ParseFileNr(t); }},
    {"parse_cpu_table",
     [](Text t) {
       CpuTable table;
       (void)ParseCpuTable(t, table);
       std::string joined;
       for (const CpuTable::Row& row : table.rows) (void)DescribeInterrupt(row, joined);
     }},
    {"parse_loadavg", [](Text t) { (void)ParseLoadavg(t); }},
    {"parse_schedstat",
     [](Text t) {
       std::vector<SchedstatCpu> cpus;
       (void)ParseSchedstat(t, cpus);
     }},
};

}  // namespace

std::span<const FuzzTarget> FuzzTargets() { return kTargets; }

}  // namespace ecsward
