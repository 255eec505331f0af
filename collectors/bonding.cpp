#include "collectors/bonding.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kSlaves{"node_bonding_slaves", "Slaves that the bond is made of.",
                         MetricType::kGauge, "master"};
constexpr Metric kActive{"node_bonding_active", "Slaves of the bond whose link is up.",
                         MetricType::kGauge, "master"};

}  // namespace

BondingCollector::BondingCollector(const CollectorEnv& env)
    : root_(env.root), masters_file_(env.root.File(Tree::kSys, "class/net/bonding_masters")) {}

Result<void> BondingCollector::Collect(const Tick& tick, Recorder& out) {
  auto names = masters_file_.Read(masters_buffer_);
  if (!names) return NotOffered(std::move(names).error());
  std::string_view rest = Trim(*names);
  std::string_view name;
  while (NextField(rest, name)) {
    Master& master = MasterOf(name, tick);
    std::string_view slaves;
    if (master.slaves.TryRead(buffer_, slaves) != 0) continue;  // gone since
    if (slaves != master.slaves_text) FindStates(name, slaves, master);
    double up = 0;
    for (HostFile& state : master.states) {
      std::string_view text;
      if (state.TryRead(buffer_, text) == 0 && Trim(text) == "up") ++up;
    }
    out.Set(kSlaves, {name}, static_cast<double>(master.states.size()));
    out.Set(kActive, {name}, up);
  }
  std::erase_if(masters_, [&](const auto& entry) { return entry.second.last_tick != tick.number; });
  return {};
}

BondingCollector::Master& BondingCollector::MasterOf(std::string_view name, const Tick& tick) {
  auto it = masters_.find(name);
  if (it == masters_.end()) {
    it = masters_.emplace(name, Master{}).first;
    it->second.slaves =
        root_.File(Tree::kSys, std::string("class/net/").append(name).append("/bonding/slaves"));
  }
  it->second.last_tick = tick.number;
  return it->second;
}

void BondingCollector::FindStates(std::string_view name, std::string_view slaves, Master& master) {
  master.slaves_text = slaves;
  master.states.clear();
  std::string_view rest = Trim(slaves);
  std::string_view slave;
  while (NextField(rest, slave)) {
    const auto path = [&](std::string_view prefix) {
      return std::string("class/net/")
          .append(name)
          .append(prefix)
          .append(slave)
          .append("/bonding_slave/mii_status");
    };
    const std::string usual = path("/lower_");
    master.states.push_back(
        root_.File(Tree::kSys, root_.Exists(Tree::kSys, usual) ? usual : path("/slave_")));
  }
}

}  // namespace ecsward
