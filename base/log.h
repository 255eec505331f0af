// Logging in logfmt, one event a line, to stderr:
//
//   level=warn collector=diskstats msg="collector fails" error="/proc/diskstats: permission denied"
//
// Under systemd's journal each line begins with its syslog priority ("<4>") and has no time, since
// the journal has its own; anywhere else it begins with ts=2025-03-01T12:00:00.123Z. Say what
// changed, once: an event that can repeat on every tick goes through OncePerKey.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace ecsward {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

std::string_view ToString(LogLevel level);
// "debug", "info", "warn" (or "warning"), "error"; nothing else.
std::optional<LogLevel> ParseLogLevel(std::string_view text);

struct LogField {
  std::string_view key;  // a plain word
  std::string_view value;
};

// Appends ` key=value`, quoted where a reader of logfmt needs it; control characters, quotes and
// bytes that are not UTF-8 are escaped, so that no value can begin a line or a field of its own.
void AppendLogField(const LogField& field, std::string& line);

// Thread-safe.
class Logger {
 public:
  using Sink = std::function<void(LogLevel, std::string_view line)>;

  explicit Logger(LogLevel level = LogLevel::kInfo);  // to stderr
  Logger(LogLevel level, Sink sink);                  // for tests; called under no lock
  ~Logger();
  Logger(const Logger&) = delete;
  Logger& operator=(const Logger&) = delete;

  void SetLevel(LogLevel level);
  bool Enabled(LogLevel level) const;

  using Fields = std::initializer_list<LogField>;
  // `about` stands before the message and says what the event is about; `details` stand after it.
  void Log(LogLevel level, Fields about, std::string_view message, Fields details = {}) const;

  void Debug(std::string_view message, Fields details = {}) const {
    Log(LogLevel::kDebug, {}, message, details);
  }
  void Info(std::string_view message, Fields details = {}) const {
    Log(LogLevel::kInfo, {}, message, details);
  }
  void Warn(std::string_view message, Fields details = {}) const {
    Log(LogLevel::kWarn, {}, message, details);
  }
  void LogError(std::string_view message, Fields details = {}) const {
    Log(LogLevel::kError, {}, message, details);
  }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether stderr goes to systemd's journal: `journal_stream` is $JOURNAL_STREAM ("device:inode"),
// which systemd sets; it must still be what `fd` is, since a child may have redirected it.
bool IsJournal(const char* journal_stream, int fd);

// Lets an event of one key through once in `interval`. Thread-safe.
class OncePerKey {
 public:
  explicit OncePerKey(std::chrono::nanoseconds interval) : interval_(interval) {}
  bool Pass(std::string_view key, MonoTime now);

 private:
  static constexpr std::size_t kMaxKeys = 1024;  // beyond: forget all and start again
  std::chrono::nanoseconds interval_;
  std::mutex mutex_;
  std::map<std::string, MonoTime, std::less<>> last_;
};

}  // namespace ecsward
