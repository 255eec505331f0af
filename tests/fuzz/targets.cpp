#include "tests/fuzz/targets.h"

#include "collectors/filefd.h"
#include "collectors/loadavg.h"

namespace ecsward {
namespace {

using Text = std::string_view;

const FuzzTarget kTargets[] = {
    // One row a parser, named after its function, sorted.
    {"parse_file_nr", [](Text t) { (void)ParseFileNr(t); }},
    {"parse_loadavg", [](Text t) { (void)ParseLoadavg(t); }},
};

}  // namespace

std::span<const FuzzTarget> FuzzTargets() { return kTargets; }

}  // namespace ecsward
