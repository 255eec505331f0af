// The parsers of offenders.h.
#include <algorithm>
#include <array>

#include "collectors/offenders.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxNameBytes = 64;
constexpr std::uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD

bool SkipFields(std::string_view& text, int count) {
  std::string_view field;
  for (int i = 0; i < count; ++i) {
    if (!NextField(text, field)) return false;
  }
  return true;
}

// How many bytes at the front are one character that can be shown; 0: none.
std::size_t ShownBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto goes_on = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= ' ' && first != 0x7F ? 1 : 0;
  if (first >= 0xC2 && first < 0xE0 && goes_on(1)) {
    return first == 0xC2 && byte(1) < 0xA0 ? 0 : 2;  // U+0080 … U+009F control terminals, too
  }
  if (first >= 0xE0 && first < 0xF0 && goes_on(1) && goes_on(2)) {
    const unsigned value = ((first & 0xFU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    // What has no width or turns the direction of writing: names could pretend to be others.
    const bool hidden = (value >= 0x200B && value <= 0x200F) ||
                        (value >= 0x2028 && value <= 0x202E) ||
                        (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF;
    return value < 0x800 || surrogate || hidden ? 0 : 3;
  }
  if (first >= 0xF0 && first < 0xF5 && goes_on(1) && goes_on(2) && goes_on(3)) {
    const unsigned high = ((first & 0x7U) << 6U) | (byte(1) & 0x3FU);
    return high < 0x10 || high >= 0x110 ? 0 : 4;
  }
  return 0;
}

// "0100007F:1F90" → 8080.
bool ParsePort(std::string_view address, std::uint16_t& out) {
  const auto colon = address.rfind(':');
  std::uint64_t port = 0;
  if (colon == std::string_view::npos || !ParseUint(address.substr(colon + 1), port, 16) ||
      port > 0xFFFF) {
    return false;
  }
  out = static_cast<std::uint16_t>(port);
  return true;
}

}  // namespace

Result<ProcessStat> ParseProcessStat(std::string_view text) {
  ProcessStat stat;
  const auto name_begin = text.find('(');
  const auto name_end = text.rfind(')');
  if (name_begin == std::string_view::npos || name_end == std::string_view::npos ||
      name_end < name_begin) {
    return Fail(ErrorCode::kParse, "want a name in ()");
  }
  stat.name = text.substr(name_begin + 1, name_end - name_begin - 1);
  text.remove_prefix(name_end + 1);
  std::uint64_t flags = 0;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  // Fields 3 to 8, then 9: flags, 14: utime, 15: stime, 22: starttime, 24: rss.
  const bool good = SkipFields(text, 6) && NextUint(text, flags) && SkipFields(text, 4) &&
                    NextUint(text, user) && NextUint(text, system) && SkipFields(text, 6) &&
                    NextUint(text, stat.start_ticks) && SkipFields(text, 1) &&
                    NextUint(text, stat.rss_pages);
  if (!good) return Fail(ErrorCode::kParse, "want 24 fields");
  stat.kernel_thread = (flags & kKernelThread) != 0;
  stat.cpu_ticks = user + system;
  return stat;
}

Result<double> ParseProcessIo(std::string_view text) {
  double read = -1;
  double written = -1;
  double cancelled = 0;
  std::string_view line;
  while (NextLine(text, line)) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = line.substr(0, colon);
    double* const out = name == "read_bytes"              ? &read
                        : name == "write_bytes"           ? &written
                        : name == "cancelled_write_bytes" ? &cancelled
                                                          : nullptr;
    std::uint64_t value = 0;
    if (out != nullptr && ParseUint(Trim(line.substr(colon + 1)), value)) {
      *out = static_cast<double>(value);
    }
  }
  if (read < 0 || written < 0) return Fail(ErrorCode::kParse, "want read_bytes and write_bytes");
  return read + std::max(written - cancelled, 0.0);
}

Result<void> ParseTcpSockets(std::string_view text, std::vector<TcpSocket>& out) {
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    if (number == 1) continue;  // headings
    // "   0: 0100007F:1F90 00000000:0000 0A …": state, five more, then the inode
    TcpSocket socket;
    std::string_view local;
    std::string_view remote;
    std::string_view state;
    const bool good = SkipFields(line, 1) && NextField(line, local) && NextField(line, remote) &&
                      NextField(line, state) && SkipFields(line, 5) &&
                      NextUint(line, socket.inode) && ParsePort(local, socket.local_port) &&
                      ParsePort(remote, socket.remote_port);
    if (!good) return LineError(number, "want two addresses, a state and an inode");
    socket.listening = state == "0A";
    out.push_back(socket);
  }
  return {};
}

std::string OffenderName(std::string_view name, bool kernel_thread) {
  if (kernel_thread) name = name.substr(0, name.find_first_of("/:"));
  std::string out;
  while (!name.empty() && out.size() < kMaxNameBytes) {
    const std::size_t bytes = ShownBytes(name);
    out += bytes == 0 ? std::string_view("?") : name.substr(0, bytes);
    name.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  if (out.empty()) out = "?";
  return kernel_thread ? "[" + out + "]" : out;
}

}  // namespace ecsward
