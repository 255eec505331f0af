// What a block device is: its entry in udev's database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/host_root.h"
#include "metrics/series_set.h"

namespace ecsward {

// source: /run/udev/data/b<major>:<minor>, lines "E:NAME=value" (udevadm info --query=property);
//         what is absent stays empty
struct UdevProperties {
  std::string path, wwn, model, revision;              // ID_PATH, ID_WWN, …
  std::string scsi_serial, serial_short, serial;       // SCSI_IDENT_SERIAL, ID_SERIAL_SHORT, …
  std::string fs_type, fs_usage, fs_uuid, fs_version;  // ID_FS_…
  std::string dm_name, dm_uuid, dm_vg_name, dm_lv_name, dm_lv_layer;                 // DM_…
  std::string ata, ata_write_cache, ata_write_cache_enabled, ata_rotation_rate_rpm;  // ID_ATA_…
};

UdevProperties ParseUdevProperties(std::string_view text);

class DiskIdentity {
 public:
  DiskIdentity(const HostRoot& root, std::string_view device, std::uint64_t major,
               std::uint64_t minor);

  // Reads udev's entry again. Allocates only when it has changed.
  void Refresh(ReadBuffer& buffer);
  void Emit(Recorder& out) const;

 private:
  const HostRoot* root_;  // the sampler's, outlives the collector
  std::string device_, major_, minor_;
  HostFile file_;
  std::string text_;  // what `properties_` was made from
  UdevProperties properties_;
  std::vector<std::string> backing_devices_;  // of a device mapper's device
};

}  // namespace ecsward
