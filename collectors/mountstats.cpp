#include "collectors/mountstats.h"

#include <charconv>
#include <span>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::string_view kOfMount = "export,protocol,mountaddr";
constexpr std::string_view kOfTransport = "export,protocol,mountaddr,transport";
constexpr std::string_view kOfOperation = "export,protocol,mountaddr,operation";

constexpr Metric Counter(std::string_view name, std::string_view help, std::string_view labels) {
  return {name, help, MetricType::kCounter, labels};
}

constexpr Metric kAge = Counter("node_mountstats_nfs_age_seconds_total",
                                "Time since the file system was mounted.", kOfMount);
constexpr Metric kInfo{"node_mountstats_nfs_mountpoint_info", "Where it is mounted; always 1.",
                       MetricType::kGauge, "export,protocol,mountaddr,mountpoint"};

struct Number {
  std::size_t index;  // in the line
  Metric metric;
  double unit = 1;  // how many of the file's are one of ours
};
constexpr Number kBytes[] = {
    {0, Counter("node_mountstats_nfs_read_bytes_total", "Bytes read with read(2).", kOfMount)},
    {1, Counter("node_mountstats_nfs_write_bytes_total", "Bytes written with write(2).", kOfMount)},
    {2, Counter("node_mountstats_nfs_direct_read_bytes_total", "Bytes read past the page cache.",
                kOfMount)},
    {3, Counter("node_mountstats_nfs_direct_write_bytes_total",
                "Bytes written past the page cache.", kOfMount)},
    {4, Counter("node_mountstats_nfs_total_read_bytes_total", "Bytes read from the server.",
                kOfMount)},
    {5, Counter("node_mountstats_nfs_total_write_bytes_total", "Bytes written to the server.",
                kOfMount)},
    {6, Counter("node_mountstats_nfs_read_pages_total", "Pages read through mappings and groups.",
                kOfMount)},
    {7, Counter("node_mountstats_nfs_write_pages_total",
                "Pages written through mappings and groups.", kOfMount)},
};
constexpr Number kEvents[] = {
    {0, Counter("node_mountstats_nfs_event_inode_revalidate_total",
                "Times cached attributes of an inode were checked with the server.", kOfMount)},
    {1, Counter("node_mountstats_nfs_event_dnode_revalidate_total",
                "Times cached directory entries were checked with the server.", kOfMount)},
    {2, Counter("node_mountstats_nfs_event_data_invalidate_total",
                "Times the cached data of an inode was dropped.", kOfMount)},
    {3, Counter("node_mountstats_nfs_event_attribute_invalidate_total",
                "Times the cached attributes of an inode were dropped.", kOfMount)},
    {4, Counter("node_mountstats_nfs_event_vfs_open_total", "Files and directories opened.",
                kOfMount)},
    {5, Counter("node_mountstats_nfs_event_vfs_lookup_total", "Names looked up in directories.",
                kOfMount)},
    {6, Counter("node_mountstats_nfs_event_vfs_access_total", "Permissions checked.", kOfMount)},
    {7, Counter("node_mountstats_nfs_event_vfs_update_page_total", "Pages updated.", kOfMount)},
    {8, Counter("node_mountstats_nfs_event_vfs_read_page_total", "Pages read through mappings.",
                kOfMount)},
    {9,
     Counter("node_mountstats_nfs_event_vfs_read_pages_total", "Groups of pages read.", kOfMount)},
    {10, Counter("node_mountstats_nfs_event_vfs_write_page_total",
                 "Pages written through mappings.", kOfMount)},
    {11, Counter("node_mountstats_nfs_event_vfs_write_pages_total", "Groups of pages written.",
                 kOfMount)},
    {12,
     Counter("node_mountstats_nfs_event_vfs_getdents_total", "Reads of directories.", kOfMount)},
    {13,
     Counter("node_mountstats_nfs_event_vfs_setattr_total", "Changes of attributes.", kOfMount)},
    {14, Counter("node_mountstats_nfs_event_vfs_flush_total",
                 "Times pending writes were forced out.", kOfMount)},
    {15, Counter("node_mountstats_nfs_event_vfs_fsync_total", "Calls of fsync(2).", kOfMount)},
    {16, Counter("node_mountstats_nfs_event_vfs_lock_total", "Locks asked for.", kOfMount)},
    {17, Counter("node_mountstats_nfs_event_vfs_file_release_total", "Files closed.", kOfMount)},
    {19, Counter("node_mountstats_nfs_event_truncation_total", "Files cut short.", kOfMount)},
    {20, Counter("node_mountstats_nfs_event_write_extension_total",
                 "Files that grew by a write beyond their end.", kOfMount)},
    {21, Counter("node_mountstats_nfs_event_silly_rename_total",
                 "Files removed while they were open.", kOfMount)},
    {22, Counter("node_mountstats_nfs_event_short_read_total",
                 "Reads that the server answered with less than asked for.", kOfMount)},
    {23, Counter("node_mountstats_nfs_event_short_write_total",
                 "Writes of which the server took less than sent.", kOfMount)},
    {24, Counter("node_mountstats_nfs_event_jukebox_delay_total",
                 "Times the server asked to try again later.", kOfMount)},
    {25, Counter("node_mountstats_nfs_event_pnfs_read_total", "Reads by parallel NFS.", kOfMount)},
    {26,
     Counter("node_mountstats_nfs_event_pnfs_write_total", "Writes by parallel NFS.", kOfMount)},
};
constexpr Number kTransports[] = {
    {1, Counter("node_mountstats_nfs_transport_bind_total",
                "Times the client bound a port to the server.", kOfTransport)},
    {2, Counter("node_mountstats_nfs_transport_connect_total",
                "TCP connections made to the server.", kOfTransport)},
    {4,
     {"node_mountstats_nfs_transport_idle_time_seconds", "Time since the last call.",
      MetricType::kGauge, kOfTransport}},
    {5, Counter("node_mountstats_nfs_transport_sends_total", "Calls sent.", kOfTransport)},
    {6, Counter("node_mountstats_nfs_transport_receives_total", "Answers received.", kOfTransport)},
    {7, Counter("node_mountstats_nfs_transport_bad_transaction_ids_total",
                "Answers to calls that nobody made.", kOfTransport)},
    {9, Counter("node_mountstats_nfs_transport_backlog_queue_total",
                "Length of the backlog, added up at every call.", kOfTransport)},
    {10,
     {"node_mountstats_nfs_transport_maximum_rpc_slots", "Most calls that were under way at once.",
      MetricType::kGauge, kOfTransport}},
    {11, Counter("node_mountstats_nfs_transport_sending_queue_total",
                 "Length of the sending queue, added up at every call.", kOfTransport)},
    {12, Counter("node_mountstats_nfs_transport_pending_queue_total",
                 "Length of the pending queue, added up at every call.", kOfTransport)},
};
constexpr Number kOperations[] = {
    {0, Counter("node_mountstats_nfs_operations_requests_total", "Calls made.", kOfOperation)},
    {1, Counter("node_mountstats_nfs_operations_transmissions_total", "Calls sent, again or first.",
                kOfOperation)},
    {2, Counter("node_mountstats_nfs_operations_major_timeouts_total",
                "Calls that timed out for good.", kOfOperation)},
    {3, Counter("node_mountstats_nfs_operations_sent_bytes_total", "Bytes sent, headers too.",
                kOfOperation)},
    {4, Counter("node_mountstats_nfs_operations_received_bytes_total",
                "Bytes received, headers too.", kOfOperation)},
    {5,
     Counter("node_mountstats_nfs_operations_queue_time_seconds_total",
             "Time that calls waited to be sent.", kOfOperation),
     1000},
    {6,
     Counter("node_mountstats_nfs_operations_response_time_seconds_total",
             "Time that the server took to answer.", kOfOperation),
     1000},
    {7,
     Counter("node_mountstats_nfs_operations_request_time_seconds_total",
             "Time from asking to having the answer.", kOfOperation),
     1000},
    {8, Counter("node_mountstats_nfs_operations_errors_total", "Calls that failed.", kOfOperation)},
};

// Takes up to out.size() numbers off `line`.
bool TakeNumbers(std::string_view line, std::span<double> out) {
  std::string_view field;
  for (double& number : out) {
    if (!NextField(line, field)) break;
    if (!ParseNumber(field, number)) return false;
  }
  return true;
}

// "rw,addr=192.0.2.1,vers=4" → the address.
std::string_view AddressOf(std::string_view options) {
  constexpr std::string_view kKey = "addr=";
  while (!options.empty()) {
    const auto comma = options.find(',');
    const std::string_view option = options.substr(0, comma);
    if (option.starts_with(kKey)) return option.substr(kKey.size());
    if (comma == std::string_view::npos) break;
    options.remove_prefix(comma + 1);
  }
  return {};
}

bool ParseTransport(std::string_view line, NfsTransport& out) {
  if (!NextField(line, out.protocol)) return false;
  if (out.protocol != "udp") return TakeNumbers(line, out.numbers);
  // Without connection there are no numbers about it.
  return NextNumber(line, out.numbers[0]) && NextNumber(line, out.numbers[1]) &&
         TakeNumbers(line, std::span(out.numbers).subspan(5));
}

}  // namespace

Result<void> ParseMountStats(std::string_view text, MountStats& out) {
  out.mounts.clear();
  out.transports.clear();
  out.operations.clear();
  bool in_nfs = false;
  bool in_operations = false;
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view first;
    if (!NextField(line, first)) continue;
    bool good = true;
    if (first == "device") {
      // device D mounted on M with fstype T statvers=V
      std::string_view device, mounted, on, mount_point, with, fstype, type, version;
      good = NextField(line, device) && NextField(line, mounted) && NextField(line, on) &&
             NextField(line, mount_point) && NextField(line, with) && NextField(line, fstype) &&
             NextField(line, type);
      in_nfs = good && (type == "nfs" || type == "nfs4") && NextField(line, version);
      in_operations = false;
      if (in_nfs) {
        out.mounts.push_back({.device = device,
                              .mount_point = mount_point,
                              .address = {},
                              .first_transport = out.transports.size(),
                              .first_operation = out.operations.size()});
      }
      good = true;  // another file system's line may look as it likes
    } else if (in_nfs) {
      NfsMount& mount = out.mounts.back();
      if (in_operations) {
        if (!first.ends_with(':')) continue;
        NfsOperation operation{.name = first.substr(0, first.size() - 1)};
        good = TakeNumbers(line, operation.numbers);
        if (good) {
          out.operations.push_back(operation);
          ++mount.operations;
        }
      } else if (first == "opts:") {
        std::string_view options;
        if (NextField(line, options)) mount.address = AddressOf(options);
      } else if (first == "age:") {
        good = NextNumber(line, mount.age_seconds);
      } else if (first == "events:") {
        good = TakeNumbers(line, mount.events);
      } else if (first == "bytes:") {
        good = TakeNumbers(line, mount.bytes);
      } else if (first == "xprt:") {
        NfsTransport transport;
        good = ParseTransport(line, transport);
        if (good) {
          out.transports.push_back(transport);
          ++mount.transports;
        }
      } else if (first == "per-op") {
        in_operations = true;
      }
    }
    if (!good) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want numbers");
    }
  }
  return {};
}

Result<void> MountstatsCollector::Collect(const Tick&, Recorder& out) {
  auto text = file_.Read(buffer_);
  if (!text) return NotOffered(std::move(text).error());
  auto parsed = ParseMountStats(*text, stats_);
  for (std::size_t i = 0; i < stats_.mounts.size(); ++i) {
    const NfsMount& mount = stats_.mounts[i];
    if (mount.transports == 0) continue;
    const std::string_view protocol = stats_.transports[mount.first_transport].protocol;
    // One export may be mounted twice: its numbers are the same ones then.
    bool seen = false;
    bool seen_here = false;
    for (std::size_t j = 0; j < i; ++j) {
      const NfsMount& other = stats_.mounts[j];
      if (other.transports == 0 || other.device != mount.device || other.address != mount.address ||
          stats_.transports[other.first_transport].protocol != protocol) {
        continue;
      }
      seen = true;
      seen_here = seen_here || other.mount_point == mount.mount_point;
    }
    if (!seen_here) out.Set(kInfo, {mount.device, protocol, mount.address, mount.mount_point}, 1);
    if (!seen) Report(mount, protocol, out);
  }
  if (!parsed) return std::move(parsed).error().Context(file_.path());
  return {};
}

void MountstatsCollector::Report(const NfsMount& mount, std::string_view protocol,
                                 Recorder& out) const {
  out.Set(kAge, {mount.device, protocol, mount.address}, mount.age_seconds);
  for (const Number& n : kBytes) {
    out.Set(n.metric, {mount.device, protocol, mount.address}, mount.bytes[n.index]);
  }
  for (const Number& n : kEvents) {
    out.Set(n.metric, {mount.device, protocol, mount.address}, mount.events[n.index]);
  }
  for (std::size_t i = 0; i < mount.transports; ++i) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), i).ptr;
    const std::string_view number(digits.data(), static_cast<std::size_t>(end - digits.data()));
    for (const Number& n : kTransports) {
      out.Set(n.metric, {mount.device, protocol, mount.address, number},
              stats_.transports[mount.first_transport + i].numbers[n.index]);
    }
  }
  for (std::size_t i = 0; i < mount.operations; ++i) {
    const NfsOperation& operation = stats_.operations[mount.first_operation + i];
    for (const Number& n : kOperations) {
      out.Set(n.metric, {mount.device, protocol, mount.address, operation.name},
              operation.numbers[n.index] / n.unit);
    }
  }
}

}  // namespace ecsward
