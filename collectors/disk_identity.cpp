#include "collectors/disk_identity.h"

#include <algorithm>
#include <utility>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr auto kGauge = MetricType::kGauge;
constexpr Metric kInfo{"node_disk_info", "What the block device is; always 1.", kGauge,
                       "device,major,minor,path,wwn,model,serial,revision"};
constexpr Metric kFilesystemInfo{"node_disk_filesystem_info",
                                 "The file system on the block device; always 1.", kGauge,
                                 "device,type,usage,uuid,version"};
constexpr Metric kDeviceMapperInfo{"node_disk_device_mapper_info",
                                   "What a device mapper's device is; always 1.", kGauge,
                                   "device,name,uuid,vg_name,lv_name,lv_layer"};
constexpr Metric kBackingDevice{"node_disk_device_mapper_backing_device_info",
                                "The devices under a device mapper's device; always 1.", kGauge,
                                "device,backing_device"};
constexpr Metric kWriteCache{"node_disk_ata_write_cache", "Whether the ATA disk has a write cache.",
                             kGauge, "device"};
constexpr Metric kWriteCacheEnabled{"node_disk_ata_write_cache_enabled",
                                    "Whether the ATA disk's write cache is on.", kGauge, "device"};
constexpr Metric kRotationRate{"node_disk_ata_rotation_rate_rpm",
                               "Turns per minute of the ATA disk; 0 for flash.", kGauge, "device"};

std::string* FieldOf(UdevProperties& p, std::string_view name) {
  const std::pair<std::string_view, std::string*> fields[] = {
      {"ID_PATH", &p.path},
      {"ID_WWN", &p.wwn},
      {"ID_MODEL", &p.model},
      {"ID_REVISION", &p.revision},
      {"SCSI_IDENT_SERIAL", &p.scsi_serial},
      {"ID_SERIAL_SHORT", &p.serial_short},
      {"ID_SERIAL", &p.serial},
      {"ID_FS_TYPE", &p.fs_type},
      {"ID_FS_USAGE", &p.fs_usage},
      {"ID_FS_UUID", &p.fs_uuid},
      {"ID_FS_VERSION", &p.fs_version},
      {"DM_NAME", &p.dm_name},
      {"DM_UUID", &p.dm_uuid},
      {"DM_VG_NAME", &p.dm_vg_name},
      {"DM_LV_NAME", &p.dm_lv_name},
      {"DM_LV_LAYER", &p.dm_lv_layer},
      {"ID_ATA", &p.ata},
      {"ID_ATA_WRITE_CACHE", &p.ata_write_cache},
      {"ID_ATA_WRITE_CACHE_ENABLED", &p.ata_write_cache_enabled},
      {"ID_ATA_ROTATION_RATE_RPM", &p.ata_rotation_rate_rpm},
  };
  for (const auto& [known, field] : fields) {
    if (known == name) return field;
  }
  return nullptr;
}

}  // namespace

UdevProperties ParseUdevProperties(std::string_view text) {
  UdevProperties properties;
  std::string_view line;
  while (NextLine(text, line)) {
    const auto equals = line.find('=');
    if (!line.starts_with("E:") || equals == std::string_view::npos) continue;
    if (std::string* field = FieldOf(properties, line.substr(2, equals - 2))) {
      *field = line.substr(equals + 1);
    }
  }
  return properties;
}

DiskIdentity::DiskIdentity(const HostRoot& root, std::string_view device, std::uint64_t major,
                           std::uint64_t minor)
    : root_(&root),
      device_(device),
      major_(std::to_string(major)),
      minor_(std::to_string(minor)),
      file_(root.File(Tree::kUdev, "b" + major_ + ":" + minor_)) {}

void DiskIdentity::Refresh(ReadBuffer& buffer) {
  file_.Close();  // udev replaces the file: one kept open would stay as it was
  std::string_view text;
  if (file_.TryRead(buffer, text) != 0) text = {};
  file_.Close();
  if (text != text_) {
    text_ = text;
    properties_ = ParseUdevProperties(text);
  }
  if (properties_.dm_name.empty()) return;
  std::string folder = "block/" + device_;
  std::replace(folder.begin() + 6, folder.end(), '/', '!');  // as sysfs writes such a name
  backing_devices_ =
      root_->List(Tree::kSys, folder + "/slaves").value_or(std::vector<std::string>());
}

void DiskIdentity::Emit(Recorder& out) const {
  const UdevProperties& p = properties_;
  // The serial number on the label, where there is one; virtio disks have only ID_SERIAL.
  const std::string& serial = !p.scsi_serial.empty()    ? p.scsi_serial
                              : !p.serial_short.empty() ? p.serial_short
                                                        : p.serial;
  out.Set(kInfo, {device_, major_, minor_, p.path, p.wwn, p.model, serial, p.revision}, 1);
  if (!p.fs_type.empty()) {
    out.Set(kFilesystemInfo, {device_, p.fs_type, p.fs_usage, p.fs_uuid, p.fs_version}, 1);
  }
  if (!p.dm_name.empty()) {
    out.Set(kDeviceMapperInfo,
            {device_, p.dm_name, p.dm_uuid, p.dm_vg_name, p.dm_lv_name, p.dm_lv_layer}, 1);
    for (const std::string& backing : backing_devices_) {
      out.Set(kBackingDevice, {device_, backing}, 1);
    }
  }
  if (p.ata.empty()) return;
  const auto set = [&](const Metric& metric, const std::string& text) {
    double value = 0;
    if (ParseNumber(text, value)) out.Set(metric, {device_}, value);
  };
  set(kWriteCache, p.ata_write_cache);
  set(kWriteCacheEnabled, p.ata_write_cache_enabled);
  set(kRotationRate, p.ata_rotation_rate_rpm);
}

}  // namespace ecsward
