// Which distribution runs, and until when it is supported.
#pragma once

#include <optional>

#include "collectors/all.h"

namespace ecsward {

// source: os-release(5), <rootfs>/etc/os-release, else <rootfs>/usr/lib/os-release
struct OsRelease {
  std::string build_id, id, id_like, image_id, image_version, name, pretty_name, variant,
      variant_id, version, version_codename, version_id;
  std::optional<double> support_end_seconds;  // SUPPORT_END=2029-06-30, as seconds since 1970
};

// Pure. Shell quoting is undone; unknown keys are skipped.
// errors: kParse naming the line, when it is no KEY=VALUE or SUPPORT_END no date
Result<OsRelease> ParseOsRelease(std::string_view text);

// The number in front: "22.04.3" → 22.04, "8" → 8; 0 when there is none.
double MajorMinor(std::string_view version_id);

class OsCollector final : public Collector {
 public:
  explicit OsCollector(const CollectorEnv& env) : root_(env.root) {}
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  const HostRoot& root_;
};

}  // namespace ecsward
