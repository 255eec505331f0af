#include "collectors/fibrechannel.h"

#include <limits>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Row {
  std::string_view file;  // below statistics/
  Metric metric;
};
constexpr Row Counter(std::string_view file, std::string_view name, std::string_view help) {
  return {file, {name, help, MetricType::kCounter, "fc_host"}};
}

constexpr Row kRows[] = {
    Counter("dumped_frames", "node_fibrechannel_dumped_frames_total",
            "Frames thrown away for want of room."),
    Counter("error_frames", "node_fibrechannel_error_frames_total",
            "Frames received with an error."),
    Counter("fcp_packet_aborts", "node_fibrechannel_fcp_packet_aborts_total",
            "SCSI commands given up."),
    Counter("invalid_crc_count", "node_fibrechannel_invalid_crc_total",
            "Frames received with a bad checksum."),
    Counter("invalid_tx_word_count", "node_fibrechannel_invalid_tx_words_total",
            "Words received that are no valid transmission words."),
    Counter("link_failure_count", "node_fibrechannel_link_failure_total", "Times the link failed."),
    Counter("loss_of_signal_count", "node_fibrechannel_loss_of_signal_total",
            "Times the signal was lost."),
    Counter("loss_of_sync_count", "node_fibrechannel_loss_of_sync_total",
            "Times the port lost step with the sender."),
    Counter("nos_count", "node_fibrechannel_nos_total",
            "\"Not operational\" sequences received from the other end."),
    Counter("rx_frames", "node_fibrechannel_rx_frames_total", "Frames received."),
    Counter("rx_words", "node_fibrechannel_rx_words_total", "Words of four bytes received."),
    Counter("seconds_since_last_reset", "node_fibrechannel_seconds_since_last_reset_total",
            "Seconds since the counters were reset."),
    Counter("tx_frames", "node_fibrechannel_tx_frames_total", "Frames sent."),
    Counter("tx_words", "node_fibrechannel_tx_words_total", "Words of four bytes sent."),
};

// In the order of the labels behind fc_host.
constexpr std::array<std::string_view, FibrechannelCollector::kWords> kWordFiles = {
    "speed",       "port_state",    "port_type",         "port_id",          "port_name",
    "fabric_name", "symbolic_name", "supported_classes", "supported_speeds", "dev_loss_tmo",
};
constexpr Metric kInfo{
    "node_fibrechannel_info", "What is not a number about the adapter's port; always 1.",
    MetricType::kGauge,
    "fc_host,speed,port_state,port_type,port_id,port_name,fabric_name,symbolic_name,"
    "supported_classes,supported_speeds,dev_loss_tmo"};

constexpr std::string_view kFolder = "class/fc_host";

// Addresses are shown without the "0x" in front.
std::string_view WithoutHexMark(std::string_view word) {
  return word.starts_with("0x") ? word.substr(2) : word;
}

}  // namespace

std::optional<double> ParseFibreChannelCounter(std::string_view text) {
  text = Trim(text);
  const bool hex = text.starts_with("0x");
  std::uint64_t value = 0;
  if (!ParseUint(WithoutHexMark(text), value, hex ? 16 : 10)) return std::nullopt;
  if (value == std::numeric_limits<std::uint64_t>::max()) return std::nullopt;
  return static_cast<double>(value);
}

void FibrechannelCollector::Scan() {
  hosts_.clear();
  const auto names = root_.List(Tree::kSys, kFolder);
  if (!names) return;
  for (const std::string& name : *names) {
    const std::string folder = std::string(kFolder).append("/").append(name).append("/");
    Host host;
    host.name = name;
    for (std::size_t i = 0; i < kWords; ++i) {
      host.word_files[i] = root_.File(Tree::kSys, folder + std::string(kWordFiles[i]));
    }
    for (std::size_t row = 0; row < std::size(kRows); ++row) {
      const std::string path = folder + "statistics/" + std::string(kRows[row].file);
      if (root_.Exists(Tree::kSys, path)) {
        host.counters.push_back({root_.File(Tree::kSys, path), row});
      }
    }
    hosts_.push_back(std::move(host));
  }
}

bool FibrechannelCollector::ReportInfo(Host& host, Recorder& out) {
  std::array<std::string_view, kWords + 1> labels;
  labels[0] = host.name;
  bool any = false;
  for (std::size_t i = 0; i < kWords; ++i) {
    std::string_view text;
    if (host.word_files[i].TryRead(buffer_, text) == 0) {
      any = true;
    } else {
      text = {};  // not every driver has all
    }
    host.words[i] = Trim(text);
    labels[i + 1] = WithoutHexMark(host.words[i]);
  }
  if (any) out.Set(kInfo, labels, 1);
  return any;
}

Result<void> FibrechannelCollector::Collect(const Tick& tick, Recorder& out) {
  if (rescan_.Due(tick.mono)) Scan();
  if (hosts_.empty()) return Fail(ErrorCode::kNotSupported, "no Fibre Channel adapter");
  for (Host& host : hosts_) {
    if (!ReportInfo(host, out)) {
      rescan_.Hurry();
      continue;
    }
    for (CounterFile& counter : host.counters) {
      std::string_view text;
      if (counter.file.TryRead(buffer_, text) != 0) continue;  // some refuse: not supported
      const auto value = ParseFibreChannelCounter(text);
      if (value) out.Set(kRows[counter.row].metric, {host.name}, *value);
    }
  }
  return {};
}

}  // namespace ecsward
