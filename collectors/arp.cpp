#include "collectors/arp.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kEntries{"node_arp_entries", "Entries of the ARP table, per interface.",
                          MetricType::kGauge, "device"};

}  // namespace

Result<std::size_t> ParseArp(std::string_view text, std::vector<ArpCount>& out) {
  std::size_t used = 0;
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number == 1) continue;  // headings
    std::string_view field;
    std::string_view device;
    std::size_t fields = 0;
    while (NextField(line, field)) {
      device = field;
      ++fields;
    }
    if (fields < 6) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want six fields");
    }
    std::size_t i = 0;
    while (i < used && out[i].device != device) ++i;
    if (i == used) {
      if (used == out.size()) out.emplace_back();
      out[used].device = device;
      out[used].entries = 0;
      ++used;
    }
    ++out[i].entries;
  }
  return used;
}

bool ParseNeighbourMessage(std::string_view payload, std::uint32_t& link_index) {
  if (payload.size() < sizeof(ndmsg)) return false;
  const auto entry = LoadBytes<ndmsg>(payload);
  if (entry.ndm_family != AF_INET || (entry.ndm_state & NUD_NOARP) != 0) return false;
  link_index = static_cast<std::uint32_t>(entry.ndm_ifindex);
  return true;
}

ArpCollector::ArpCollector(const CollectorEnv& env, const CollectorOptions& options)
    : links_(env.shared.links),
      filter_(options.String("device_include"), options.String("device_exclude")),
      netlink_(NETLINK_ROUTE),
      file_(env.root.File(Tree::kProc, "net/arp")) {}

Result<void> ArpCollector::Collect(const Tick& tick, Recorder& out) {
  if (CollectFromNetlink(tick, out)) return {};
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto used = ParseArp(*text, counts_);
  if (!used) return std::move(used).error().Context(file_.path());
  for (std::size_t i = 0; i < *used; ++i) {
    const ArpCount& count = counts_[i];
    if (filter_.Takes(count.device)) out.Set(kEntries, {count.device}, count.entries);
  }
  return {};
}

// Cheaper than the text where there are thousands of neighbours, and not confused by odd names.
bool ArpCollector::CollectFromNetlink(const Tick& tick, Recorder& out) {
  if (!links_.Read(tick)) return false;
  ndmsg body{};
  body.ndm_family = AF_INET;
  if (netlink_.Dump(RTM_GETNEIGH, {reinterpret_cast<const char*>(&body), sizeof body}, sink_) !=
      0) {
    return false;
  }
  for (const LinkCount& count : sink_.counts) {
    const std::string_view name = links_.NameOf(count.link_index);
    if (!name.empty() && filter_.Takes(name)) out.Set(kEntries, {name}, count.entries);
  }
  return true;
}

void ArpCollector::Sink::Message(std::uint16_t type, std::string_view payload) {
  std::uint32_t link_index = 0;
  if (type != RTM_NEWNEIGH || !ParseNeighbourMessage(payload, link_index)) return;
  for (LinkCount& count : counts) {
    if (count.link_index == link_index) {
      ++count.entries;
      return;
    }
  }
  counts.push_back({link_index, 1});
}

}  // namespace ecsward
