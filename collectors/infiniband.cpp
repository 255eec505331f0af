#include "collectors/infiniband.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric Counter(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kCounter, "device,port"};
}
constexpr Metric Gauge(std::string_view name, std::string_view help) {
  return {name, help, MetricType::kGauge, "device,port"};
}

struct Row {
  std::string_view file;  // below ports/<n>/
  double scale;           // data is counted in units of four bytes, one per lane
  Metric metric;
};
constexpr Row kRows[] = {
    {"counters_ext/port_multicast_rcv_packets", 1,
     Counter("node_infiniband_legacy_multicast_packets_received_total",
             "Multicast packets received (before Linux 4.5).")},
    {"counters_ext/port_multicast_xmit_packets", 1,
     Counter("node_infiniband_legacy_multicast_packets_transmitted_total",
             "Multicast packets sent (before Linux 4.5).")},
    {"counters_ext/port_rcv_data_64", 4,
     Counter("node_infiniband_legacy_data_received_bytes_total",
             "Bytes received (before Linux 4.5).")},
    {"counters_ext/port_rcv_packets_64", 1,
     Counter("node_infiniband_legacy_packets_received_total",
             "Packets received (before Linux 4.5).")},
    {"counters_ext/port_unicast_rcv_packets", 1,
     Counter("node_infiniband_legacy_unicast_packets_received_total",
             "Unicast packets received (before Linux 4.5).")},
    {"counters_ext/port_unicast_xmit_packets", 1,
     Counter("node_infiniband_legacy_unicast_packets_transmitted_total",
             "Unicast packets sent (before Linux 4.5).")},
    {"counters_ext/port_xmit_data_64", 4,
     Counter("node_infiniband_legacy_data_transmitted_bytes_total",
             "Bytes sent (before Linux 4.5).")},
    {"counters_ext/port_xmit_packets_64", 1,
     Counter("node_infiniband_legacy_packets_transmitted_total",
             "Packets sent (before Linux 4.5).")},
    {"counters/excessive_buffer_overrun_errors", 1,
     Counter("node_infiniband_excessive_buffer_overrun_errors_total",
             "Overruns of the buffer that went on for several periods.")},
    {"counters/link_downed", 1,
     Counter("node_infiniband_link_downed_total", "Times the link went down and did not recover.")},
    {"counters/link_error_recovery", 1,
     Counter("node_infiniband_link_error_recovery_total",
             "Times the link recovered from an error.")},
    {"counters/local_link_integrity_errors", 1,
     Counter("node_infiniband_local_link_integrity_errors_total",
             "Times the local physical errors passed their threshold.")},
    {"counters/multicast_rcv_packets", 1,
     Counter("node_infiniband_multicast_packets_received_total",
             "Multicast packets received, bad ones too.")},
    {"counters/multicast_xmit_packets", 1,
     Counter("node_infiniband_multicast_packets_transmitted_total",
             "Multicast packets sent, bad ones too.")},
    {"counters/port_rcv_constraint_errors", 1,
     Counter("node_infiniband_port_constraint_errors_received_total",
             "Packets received and dropped for a constraint.")},
    {"counters/port_xmit_constraint_errors", 1,
     Counter("node_infiniband_port_constraint_errors_transmitted_total",
             "Packets not sent for a constraint.")},
    {"counters/port_rcv_data", 4,
     Counter("node_infiniband_port_data_received_bytes_total", "Bytes received.")},
    {"counters/port_xmit_data", 4,
     Counter("node_infiniband_port_data_transmitted_bytes_total", "Bytes sent.")},
    {"counters/port_rcv_discards", 1,
     Counter("node_infiniband_port_discards_received_total",
             "Packets received and dropped, the port being down or full.")},
    {"counters/port_xmit_discards", 1,
     Counter("node_infiniband_port_discards_transmitted_total",
             "Packets not sent, the port being down or full.")},
    {"counters/port_rcv_errors", 1,
     Counter("node_infiniband_port_errors_received_total", "Packets received with an error.")},
    {"counters/port_rcv_packets", 1,
     Counter("node_infiniband_port_packets_received_total", "Packets received, bad ones too.")},
    {"counters/port_xmit_packets", 1,
     Counter("node_infiniband_port_packets_transmitted_total", "Packets sent, bad ones too.")},
    {"counters/port_xmit_wait", 1,
     Counter("node_infiniband_port_transmit_wait_total",
             "Ticks in which the port had data to send and sent none.")},
    {"counters/unicast_rcv_packets", 1,
     Counter("node_infiniband_unicast_packets_received_total",
             "Unicast packets received, bad ones too.")},
    {"counters/unicast_xmit_packets", 1,
     Counter("node_infiniband_unicast_packets_transmitted_total",
             "Unicast packets sent, bad ones too.")},
    {"counters/port_rcv_remote_physical_errors", 1,
     Counter("node_infiniband_port_receive_remote_physical_errors_total",
             "Packets received that the sender had marked as bad.")},
    {"counters/port_rcv_switch_relay_errors", 1,
     Counter("node_infiniband_port_receive_switch_relay_errors_total",
             "Packets that the switch could not pass on.")},
    {"counters/symbol_error", 1,
     Counter("node_infiniband_symbol_error_total", "Minor errors of the physical lanes.")},
    {"counters/VL15_dropped", 1,
     Counter("node_infiniband_vl15_dropped_total", "Management packets dropped for want of room.")},
    {"hw_counters/duplicate_request", 1,
     Counter("node_infiniband_duplicate_requests_packets_total", "Requests received twice.")},
    {"hw_counters/implied_nak_seq_err", 1,
     Counter("node_infiniband_implied_nak_seq_errors_total",
             "Acknowledgements with a number larger than the one awaited.")},
    {"hw_counters/local_ack_timeout_err", 1,
     Counter("node_infiniband_local_ack_timeout_errors_total",
             "Acknowledgements that did not come in time.")},
    {"hw_counters/np_cnp_sent", 1,
     Counter("node_infiniband_np_cnp_packets_sent_total", "Congestion notifications sent.")},
    {"hw_counters/np_ecn_marked_roce_packets", 1,
     Counter("node_infiniband_np_ecn_marked_roce_packets_received_total",
             "RoCE packets received that were marked for congestion.")},
    {"hw_counters/out_of_buffer", 1,
     Counter("node_infiniband_out_of_buffer_drops_total",
             "Packets dropped because a queue pair had no receive buffer.")},
    {"hw_counters/out_of_sequence", 1,
     Counter("node_infiniband_out_of_sequence_packets_received_total",
             "Packets received out of order.")},
    {"hw_counters/packet_seq_err", 1,
     Counter("node_infiniband_packet_sequence_errors_total",
             "Negative acknowledgements for a wrong order.")},
    {"hw_counters/req_cqe_error", 1,
     Counter("node_infiniband_req_cqes_errors_total",
             "Completions with an error at the requester.")},
    {"hw_counters/req_cqe_flush_error", 1,
     Counter("node_infiniband_req_cqes_flush_errors_total",
             "Completions flushed with an error at the requester.")},
    {"hw_counters/req_remote_access_errors", 1,
     Counter("node_infiniband_req_remote_access_errors_total",
             "Remote access errors seen by the requester.")},
    {"hw_counters/req_remote_invalid_request", 1,
     Counter("node_infiniband_req_remote_invalid_request_errors_total",
             "Invalid requests reported to the requester.")},
    {"hw_counters/resp_cqe_error", 1,
     Counter("node_infiniband_resp_cqes_errors_total",
             "Completions with an error at the responder.")},
    {"hw_counters/resp_cqe_flush_error", 1,
     Counter("node_infiniband_resp_cqes_flush_errors_total",
             "Completions flushed with an error at the responder.")},
    {"hw_counters/resp_local_length_error", 1,
     Counter("node_infiniband_resp_local_length_errors_total",
             "Length errors seen by the responder.")},
    {"hw_counters/resp_remote_access_errors", 1,
     Counter("node_infiniband_resp_remote_access_errors_total",
             "Remote access errors seen by the responder.")},
    {"hw_counters/rnr_nak_retry_err", 1,
     Counter("node_infiniband_rnr_nak_retry_packets_received_total",
             "Times the other side was not ready, more often than it may.")},
    {"hw_counters/roce_adp_retrans", 1,
     Counter("node_infiniband_roce_adp_retransmits_total", "Adaptive retransmissions of RoCE.")},
    {"hw_counters/roce_adp_retrans_to", 1,
     Counter("node_infiniband_roce_adp_retransmits_timeout_total",
             "Adaptive retransmissions of RoCE that timed out.")},
    {"hw_counters/roce_slow_restart", 1,
     Counter("node_infiniband_roce_slow_restart_used_total",
             "Times RoCE's slow restart was used.")},
    {"hw_counters/roce_slow_restart_cnps", 1,
     Counter("node_infiniband_roce_slow_restart_cnps_total",
             "Congestion notifications that slow restart made.")},
    {"hw_counters/roce_slow_restart_trans", 1,
     Counter("node_infiniband_roce_slow_restart_total", "Times RoCE's slow restart began.")},
    {"hw_counters/rp_cnp_handled", 1,
     Counter("node_infiniband_rp_cnp_packets_handled_total",
             "Congestion notifications acted upon.")},
    {"hw_counters/rp_cnp_ignored", 1,
     Counter("node_infiniband_rp_cnp_ignored_packets_received_total",
             "Congestion notifications ignored.")},
    {"hw_counters/rx_atomic_requests", 1,
     Counter("node_infiniband_rx_atomic_requests_total", "Atomic requests received.")},
    {"hw_counters/rx_dct_connect", 1,
     Counter("node_infiniband_rx_dct_connect_requests_total",
             "Connection requests of dynamic transport received.")},
    {"hw_counters/rx_read_requests", 1,
     Counter("node_infiniband_rx_read_requests_total", "Read requests received.")},
    {"hw_counters/rx_write_requests", 1,
     Counter("node_infiniband_rx_write_requests_total", "Write requests received.")},
    {"hw_counters/rx_icrc_encapsulated", 1,
     Counter("node_infiniband_rx_icrc_encapsulated_errors_total",
             "RoCE packets received with a bad checksum.")},
};
// The one gauge among the hardware counters, in milliseconds.
constexpr std::size_t kLifespanRow = std::size(kRows);
constexpr std::string_view kLifespanFile = "hw_counters/lifespan";
constexpr Metric kLifespan =
    Gauge("node_infiniband_lifespan_seconds", "How old a counter may be when it is read.");

constexpr Metric kState =
    Gauge("node_infiniband_state_id", "State of the port: 1 down, 2 init, 3 armed, 4 active.");
constexpr Metric kPhysicalState =
    Gauge("node_infiniband_physical_state_id",
          "Physical state of the port: 1 sleep, 2 polling, 3 disabled, 5 link up, ...");
constexpr Metric kRate =
    Gauge("node_infiniband_rate_bytes_per_second", "Highest rate of the port.");
constexpr Metric kInfo{"node_infiniband_info", "What is not a number about the adapter; always 1.",
                       MetricType::kGauge, "device,board_id,firmware_version,hca_type"};

constexpr std::chrono::seconds kLookEvery{60};

}  // namespace

std::optional<double> ParseInfinibandState(std::string_view text) {
  double number = 0;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || !ParseNumber(Trim(text.substr(0, colon)), number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<double> ParseInfinibandRate(std::string_view text) {
  constexpr double kBytesPerGigabit = 125'000'000;
  double gigabits = 0;
  if (!NextNumber(text, gigabits) || gigabits < 0) return std::nullopt;
  return gigabits * kBytesPerGigabit;
}

Result<void> InfinibandCollector::Collect(const Tick& tick, Recorder& out) {
  if (!devices_due_ || tick.mono >= *devices_due_) {
    if (auto found = FindDevices(); !found) return found;
    devices_due_ = tick.mono + kLookEvery;
  }
  for (Device& device : devices_) {
    out.Set(kInfo, {device.name, device.board_id, device.firmware_version, device.hca_type}, 1);
    for (Port& port : device.ports) {
      const auto set = [&](const Metric& metric, std::optional<double> value) {
        if (value) out.Set(metric, {device.name, port.number}, *value);
      };
      set(kState, ParseInfinibandState(ReadText(port.state)));
      set(kPhysicalState, ParseInfinibandState(ReadText(port.physical_state)));
      set(kRate, ParseInfinibandRate(ReadText(port.rate)));
      for (CounterFile& counter : port.counters) {
        double value = 0;
        // "N/A (no PMA)" is no number; some drivers say so.
        if (!ParseNumber(ReadText(counter.file), value)) continue;
        if (counter.row == kLifespanRow) {
          set(kLifespan, value / 1000);
        } else {
          set(kRows[counter.row].metric, value * kRows[counter.row].scale);
        }
      }
    }
  }
  return {};
}

Result<void> InfinibandCollector::FindDevices() {
  devices_.clear();
  auto names = root_.List(Tree::kSys, "class/infiniband");
  if (!names) return NotOffered(std::move(names).error());
  for (const std::string& name : *names) {
    const std::string path = "class/infiniband/" + name + "/";
    Device device;
    device.name = name;
    device.board_id = root_.ReadWord(Tree::kSys, path + "board_id");
    device.firmware_version = root_.ReadWord(Tree::kSys, path + "fw_ver");
    device.hca_type = root_.ReadWord(Tree::kSys, path + "hca_type");
    FindPorts(device);
    devices_.push_back(std::move(device));
  }
  return {};
}

void InfinibandCollector::FindPorts(Device& device) {
  const std::string ports = "class/infiniband/" + device.name + "/ports";
  auto numbers = root_.List(Tree::kSys, ports);
  if (!numbers) return;  // unplugged while we looked
  for (const std::string& number : *numbers) {
    std::string path = ports;
    path.append("/").append(number).append("/");
    Port port;
    port.number = number;
    port.state = root_.File(Tree::kSys, path + "state");
    port.physical_state = root_.File(Tree::kSys, path + "phys_state");
    port.rate = root_.File(Tree::kSys, path + "rate");
    const auto add = [&](std::string_view file, std::size_t row) {
      CounterFile counter{root_.File(Tree::kSys, path + std::string(file)), row};
      std::string_view text;
      if (counter.file.TryRead(buffer_, text) == 0) port.counters.push_back(std::move(counter));
    };
    for (std::size_t row = 0; row < std::size(kRows); ++row) add(kRows[row].file, row);
    add(kLifespanFile, kLifespanRow);
    device.ports.push_back(std::move(port));
  }
}

std::string_view InfinibandCollector::ReadText(HostFile& file) {
  std::string_view text;
  return file.TryRead(buffer_, text) == 0 ? Trim(text) : std::string_view();
}

}  // namespace ecsward
