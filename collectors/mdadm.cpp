#include "collectors/mdadm.h"

#include <algorithm>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kState{"node_md_state", "1 for the state that a RAID array is in, else 0.",
                        MetricType::kGauge, "device,state"};
constexpr Metric kDisks{"node_md_disks", "Disks of a RAID array, by what they are good for.",
                        MetricType::kGauge, "device,state"};
constexpr Metric kRequired{"node_md_disks_required",
                           "Disks that a RAID array needs to be complete.", MetricType::kGauge,
                           "device"};
constexpr Metric kBlocks{"node_md_blocks", "Size of a RAID array in blocks of 1 KiB.",
                         MetricType::kGauge, "device"};
constexpr Metric kSynced{"node_md_blocks_synced", "Blocks of a RAID array that are in sync.",
                         MetricType::kGauge, "device"};

struct StateName {
  MdState state;
  std::string_view name;
};
constexpr StateName kStates[] = {{MdState::kActive, "active"},
                                 {MdState::kInactive, "inactive"},
                                 {MdState::kRecovering, "recovering"},
                                 {MdState::kResync, "resync"},
                                 {MdState::kCheck, "check"}};

bool Contains(std::string_view s, std::string_view what) {
  return s.find(what) != std::string_view::npos;
}

double Count(std::string_view s, std::string_view what) {
  double count = 0;
  for (auto at = s.find(what); at != std::string_view::npos; at = s.find(what, at + 1)) ++count;
  return count;
}

// "…(12/345)…": the two numbers between `open` and `close`. The first such pair.
bool FindPair(std::string_view s, char open, char close, double& first, double& second) {
  for (auto at = s.find(open); at != std::string_view::npos; at = s.find(open, at + 1)) {
    const std::string_view inside = s.substr(at + 1, s.find(close, at) - at - 1);
    const auto slash = inside.find('/');
    if (slash == std::string_view::npos) continue;
    if (ParseNumber(inside.substr(0, slash), first) &&
        ParseNumber(inside.substr(slash + 1), second)) {
      return true;
    }
  }
  return false;
}

// "md6 : active raid1 sdb2[2](F) sda2[0]"
bool ParseDevice(std::string_view line, MdArray& array) {
  array.disks_failed = Count(line, "(F)");
  array.disks_spare = Count(line, "(S)");
  std::string_view colon, state;
  if (!NextField(line, array.name) || !NextField(line, colon) || !NextField(line, state)) {
    return false;
  }
  array.state = state == "inactive" ? MdState::kInactive : MdState::kActive;
  return colon == ":";
}

// "195310144 blocks [2/1] [U_]", below `device`
bool ParseStatus(std::string_view line, std::string_view device, MdArray& array) {
  std::string_view rest = line;
  if (!NextNumber(rest, array.blocks)) return false;
  array.blocks_synced = array.blocks;
  if (Contains(device, "raid0") || Contains(device, "linear")) {
    array.disks_required = array.disks_active = Count(device, "[");
    return true;
  }
  if (array.state == MdState::kInactive) return true;
  return FindPair(rest, '[', ']', array.disks_required, array.disks_active);
}

// "[=>…] recovery = 8.5% (16775552/195310144) …" or "resync=DELAYED"; other lines say nothing new.
void ParseSync(std::string_view line, MdArray& array) {
  if (Contains(line, "recovery")) {
    array.state = MdState::kRecovering;
  } else if (Contains(line, "check")) {
    array.state = MdState::kCheck;
  } else if (Contains(line, "resync")) {
    array.state = MdState::kResync;
  } else if (!Contains(line, "reshape")) {  // for which node_exporter has no state
    return;
  }
  double all = 0;
  if (!FindPair(line, '(', ')', array.blocks_synced, all)) array.blocks_synced = 0;
}

bool IsIndented(std::string_view line) { return line.starts_with(' ') || line.starts_with('\t'); }

}  // namespace

Result<void> ParseMdstat(std::string_view text, std::vector<MdArray>& out) {
  out.clear();
  std::size_t number = 0, wrong = 0;
  std::string_view line, device;
  bool in_array = false, has_status = false;
  const auto finish = [&] {
    if (in_array && !has_status) {
      out.pop_back();
      if (wrong == 0) wrong = number;
    }
    in_array = false;
  };
  while (NextLine(text, line)) {
    ++number;
    if (Trim(line).empty()) {
      finish();
    } else if (!IsIndented(line)) {
      finish();
      if (line.starts_with("Personalities") || line.starts_with("unused")) continue;
      device = line;
      has_status = false;
      in_array = ParseDevice(line, out.emplace_back());
      if (!in_array) {
        out.pop_back();
        if (wrong == 0) wrong = number;
      }
    } else if (in_array && !has_status) {
      has_status = ParseStatus(line, device, out.back());
      if (!has_status) finish();
    } else if (in_array) {
      ParseSync(line, out.back());
    }
  }
  finish();
  if (wrong == 0) return {};
  return Fail(ErrorCode::kParse, "line " + std::to_string(wrong) + ": want a RAID array's state");
}

Result<void> MdadmCollector::Collect(const Tick&, Recorder& out) {
  std::string_view text;
  if (const int error = file_.TryRead(buffer_, text); error != 0) {
    Error e = ErrnoError(error, file_.path());
    if (e.code == ErrorCode::kNotFound) e.code = ErrorCode::kNotSupported;  // no md driver
    return e;
  }
  auto done = ParseMdstat(text, arrays_);
  for (const MdArray& array : arrays_) {
    for (const StateName& s : kStates) {
      out.Set(kState, {array.name, s.name}, s.state == array.state ? 1 : 0);
    }
    out.Set(kDisks, {array.name, "active"}, array.disks_active);
    out.Set(kDisks, {array.name, "failed"}, array.disks_failed);
    out.Set(kDisks, {array.name, "spare"}, array.disks_spare);
    out.Set(kRequired, {array.name}, array.disks_required);
    out.Set(kBlocks, {array.name}, array.blocks);
    out.Set(kSynced, {array.name}, array.blocks_synced);
  }
  if (!done) return std::move(done).error().Context(file_.path());
  return {};
}

}  // namespace ecsward
