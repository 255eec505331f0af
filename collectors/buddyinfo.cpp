#include "collectors/buddyinfo.h"

#include <array>
#include <charconv>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kBlocks{"node_buddyinfo_blocks",
                         "Free blocks of memory; size n stands for 2^n pages.", MetricType::kGauge,
                         "node,zone,size"};

}  // namespace

Result<void> ParseBuddyinfo(std::string_view text, BuddyZones& out) {
  out.zones.clear();
  out.blocks.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    BuddyZones::Zone zone;
    std::string_view word;
    if (!NextField(line, word) || word != "Node" || !NextField(line, zone.node) ||
        !zone.node.ends_with(',') || !NextField(line, word) || word != "zone" ||
        !NextField(line, zone.zone)) {
      return LineError(number, "want \"Node N, zone NAME\"");
    }
    zone.node.remove_suffix(1);
    zone.first_order = out.blocks.size();
    std::string_view field;
    while (NextField(line, field)) {
      double blocks = 0;
      if (!ParseNumber(field, blocks)) return LineError(number, "want a number for each size");
      out.blocks.push_back(blocks);
    }
    zone.order_count = out.blocks.size() - zone.first_order;
    if (zone.order_count == 0 || zone.order_count > BuddyZones::kMaxOrders) {
      return LineError(number, "want 1 to 64 sizes");
    }
    out.zones.push_back(zone);
  }
  if (out.zones.empty()) return Fail(ErrorCode::kParse, "no zones");
  return {};
}

Result<void> BuddyinfoCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  if (auto ok = ParseBuddyinfo(*text, zones_); !ok) {
    return std::move(ok).error().Context(file_.path());
  }
  for (const BuddyZones::Zone& zone : zones_.zones) {
    const auto blocks = zones_.BlocksOf(zone);
    for (std::size_t order = 0; order < blocks.size(); ++order) {
      std::array<char, 4> digits{};
      const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), order).ptr;
      out.Set(kBlocks, {zone.node, zone.zone, std::string_view(digits.data(), end)}, blocks[order]);
    }
  }
  return {};
}

}  // namespace ecsward
