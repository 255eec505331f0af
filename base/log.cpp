#include "base/log.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

// Header-only, with the system's fmt: one .cpp pays for it, and no libspdlog.so is mapped.
#define SPDLOG_FMT_EXTERNAL
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cstdlib>

namespace ecsward {
namespace {

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

// source: sd-daemon(3): the priorities of syslog(3) between angle brackets
class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    std::string_view text = "<6>";
    if (message.level == spdlog::level::debug) text = "<7>";
    if (message.level == spdlog::level::warn) text = "<4>";
    if (message.level >= spdlog::level::err) text = "<3>";
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

std::unique_ptr<spdlog::formatter> MakeFormatter(bool journal) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<PriorityFlag>('*');
  formatter->set_pattern(journal ? "%*%v" : "ts=%Y-%m-%dT%H:%M:%S.%eZ %v");
  return formatter;
}

// The length of the UTF-8 sequence that begins `text`; 0 when it is not one, or not a printable
// one.
std::size_t PrintableLength(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto tail = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first >= 0xc3 && first <= 0xdf && tail(1)) return 2;
  if (first == 0xc2 && tail(1) && byte(1) >= 0xa0) return 2;  // below are the C1 controls
  if (first >= 0xe0 && first <= 0xef && tail(1) && tail(2)) {
    if (first == 0xe0 && byte(1) < 0xa0) return 0;
    if (first == 0xed && byte(1) > 0x9f) return 0;
    // U+2028 and U+2029 end a line, U+202A…202E and U+2066…2069 turn its direction.
    if (first == 0xe2 && byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae) return 0;
    if (first == 0xe2 && byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9) return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4 && tail(1) && tail(2) && tail(3)) {
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

bool NeedsQuotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
           const auto u = static_cast<unsigned char>(c);
           return u <= ' ' || c == '"' || c == '=' || c == '\\' || u >= 0x7f;
         });
}

void AppendQuoted(std::string_view value, std::string& line) {
  line += '"';
  while (!value.empty()) {
    const char c = value.front();
    std::size_t length = 1;
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (c == '\t') {
      line += "\\t";
    } else if (const std::size_t printable = PrintableLength(value); printable > 0) {
      line += value.substr(0, printable);
      length = printable;
    } else {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
    }
    value.remove_prefix(length);
  }
  line += '"';
}

}  // namespace

std::string_view ToString(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      break;
  }
  return "error";
}

std::optional<LogLevel> ParseLogLevel(std::string_view text) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
    if (text == ToString(level)) return level;
  }
  if (text == "warning") return LogLevel::kWarn;
  return std::nullopt;
}

void AppendLogField(const LogField& field, std::string& line) {
  line += ' ';
  line += field.key;
  line += '=';
  if (NeedsQuotes(field.value)) {
    AppendQuoted(field.value, line);
  } else {
    line += field.value;
  }
}

struct Logger::Impl {
  std::atomic<LogLevel> level;
  Sink sink;                            // either this …
  std::unique_ptr<spdlog::logger> out;  // … or this
};

Logger::Logger(LogLevel level) : impl_(new Impl{level, {}, {}}) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // getenv is safe: nothing of ours ever sets a variable.
  const char* stream = std::getenv("JOURNAL_STREAM");  // NOLINT(concurrency-mt-unsafe)
  sink->set_formatter(MakeFormatter(IsJournal(stream, STDERR_FILENO)));
  impl_->out = std::make_unique<spdlog::logger>("", std::move(sink));
  impl_->out->set_level(spdlog::level::trace);               // ours decides
  impl_->out->set_error_handler([](const std::string&) {});  // a closed stderr is no reason to stop
}

Logger::Logger(LogLevel level, Sink sink) : impl_(new Impl{level, std::move(sink), {}}) {}
Logger::~Logger() = default;

void Logger::SetLevel(LogLevel level) { impl_->level = level; }
bool Logger::Enabled(LogLevel level) const { return level >= impl_->level; }

void Logger::Log(LogLevel level, Fields about, std::string_view message, Fields details) const {
  if (!Enabled(level)) return;
  std::string line = "level=";
  line += ToString(level);
  for (const LogField& field : about) AppendLogField(field, line);
  line += " msg=";
  AppendQuoted(message, line);
  for (const LogField& field : details) AppendLogField(field, line);
  if (impl_->sink) {
    impl_->sink(level, line);
  } else {
    impl_->out->log(SpdlogLevel(level), spdlog::string_view_t(line.data(), line.size()));
  }
}

bool IsJournal(const char* journal_stream, int fd) {
  if (journal_stream == nullptr) return false;
  const std::string_view text = journal_stream;
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  struct stat s = {};
  if (::fstat(fd, &s) != 0) return false;
  return text.substr(0, colon) == std::to_string(s.st_dev) &&
         text.substr(colon + 1) == std::to_string(s.st_ino);
}

bool OncePerKey::Pass(std::string_view key, MonoTime now) {
  const std::lock_guard lock(mutex_);
  if (const auto it = last_.find(key); it != last_.end()) {
    if (now - it->second < interval_) return false;
    it->second = now;
    return true;
  }
  if (last_.size() >= kMaxKeys) last_.clear();
  last_.emplace(key, now);
  return true;
}

}  // namespace ecsward
