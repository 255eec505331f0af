#include "collectors/ports/learned_ports.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <thread>

#include "base/host_file.h"
#include "collectors/text_scan.h"
#include "metrics/history_file.h"

namespace ecsward {
namespace {

constexpr std::string_view kHeader =
    "# What listened on this host while ecsward learned (collectors: ports: learn).\n"
    "# Afterwards everything else is unexpected. Take out what should not be here; the lines of\n"
    "# `allow` can be pasted into the configuration: collectors: ports: allow.\n";
constexpr std::chrono::hours kLongest{24 * 3650};
constexpr std::chrono::seconds kPatience{5};
constexpr std::chrono::seconds kWriteEvery{2};

std::string FormatTime(WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

bool ParseTime(std::string_view text, WallTime& out) {
  const std::string copy(text);
  std::tm parts{};
  const char* end = ::strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') return false;
  if (parts.tm_year < 70 || parts.tm_year > 200) return false;  // what WallTime cannot hold
  out = std::chrono::system_clock::from_time_t(::timegm(&parts));
  return true;
}

std::string_view Unquote(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front()) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

void AddCondition(std::string& item, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  item.append(" ").append(key).append("=");
  for (const char c : value) {
    constexpr std::string_view kNotHere = " \t,\"'*\\#";
    item += kNotHere.find(c) == std::string_view::npos ? c : '?';
  }
}

}  // namespace

std::string FormatLearnedPorts(const LearnedPorts& learned) {
  std::string out(kHeader);
  out.append("since: ").append(FormatTime(learned.since));
  out.append("\nuntil: ").append(FormatTime(learned.until)).append("\nallow:\n");
  for (const std::string& item : learned.allow) {
    out.append("  - \"").append(item).append("\"\n");
  }
  return out;
}

Result<LearnedPorts> ParseLearnedPorts(std::string_view text) {
  LearnedPorts out;
  bool has_since = false;
  bool has_until = false;
  bool in_allow = false;
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    const std::string_view word = Trim(line);
    if (word.empty() || word.front() == '#') continue;
    if (word.starts_with("- ") && in_allow) {
      const std::string_view item = Unquote(Trim(word.substr(2)));
      if (auto rule = ParseAllow(item); !rule) return LineError(number, rule.error().message);
      if (out.allow.size() == PortLearning::kMaxItems) return LineError(number, "too many items");
      out.allow.emplace_back(item);
      continue;
    }
    const auto colon = word.find(':');
    const std::string_view key = word.substr(0, colon);
    const std::string_view value =
        colon == std::string_view::npos ? "" : Unquote(Trim(word.substr(colon + 1)));
    in_allow = key == "allow" && (value.empty() || value == "[]");
    if (key == "since" && ParseTime(value, out.since)) {
      has_since = true;
    } else if (key == "until" && ParseTime(value, out.until)) {
      has_until = true;
    } else if (!in_allow) {
      return LineError(number, "want since: TIME, until: TIME or allow: with its items");
    }
  }
  if (!has_since || !has_until) return Fail(ErrorCode::kParse, "want since: and until:");
  return out;
}

std::string LearnedItem(const ListenerFacts& listener, std::uint16_t ephemeral_first,
                        std::uint16_t ephemeral_last) {
  std::string item(listener.proto);
  item += ':';
  const bool any = listener.address == "*" || listener.address == "0.0.0.0" ||
                   listener.address == "::" || listener.address.empty();
  if (!any) {
    const bool v6 = listener.address.find(':') != std::string_view::npos;
    item.append(v6 ? "[" : "").append(listener.address).append(v6 ? "]:" : ":");
  }
  if (listener.port >= ephemeral_first && listener.port <= ephemeral_last) {
    item.append(std::to_string(ephemeral_first)).append("-").append(std::to_string(ephemeral_last));
  } else {
    item.append(std::to_string(listener.port));
  }
  AddCondition(item, "process", listener.process);
  AddCondition(item, "user", listener.user);
  return item;
}

struct FileInBackground::State {
  std::mutex mutex;
  std::condition_variable done;
  bool busy = false;
  std::string error;
};

FileInBackground::~FileInBackground() { Await(); }

void FileInBackground::Await() {
  if (!state_) return;
  std::unique_lock lock(state_->mutex);
  state_->done.wait_for(lock, kPatience, [&] { return !state_->busy; });
}

bool FileInBackground::Write(const std::string& path, std::string text) {
  if (!state_) state_ = std::make_shared<State>();
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->busy) return false;
    state_->busy = true;
  }
  try {
    std::thread([state = state_, path, text = std::move(text)] {
      const Result<void> written = WriteFileAtomically(path, text);
      const std::lock_guard lock(state->mutex);
      state->busy = false;
      if (!written) state->error = written.error().message;
      state->done.notify_all();
    }).detach();
  } catch (const std::system_error&) {  // no more threads
    const std::lock_guard lock(state_->mutex);
    state_->busy = false;
    return false;
  }
  return true;
}

std::string FileInBackground::TakeError() {
  if (!state_) return {};
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->error, {});
}

PortLearning::PortLearning(std::string_view state_directory, std::chrono::milliseconds learn)
    : path_(std::string(state_directory) + "/ports-learned.yml"),
      learn_(std::min<std::chrono::milliseconds>(learn, kLongest)),
      enabled_(!state_directory.empty() && learn.count() > 0) {
  if (enabled_) Load();
}

void PortLearning::Load() {
  HostFile file(path_);
  ReadBuffer buffer;
  std::string_view text;
  const int error = file.TryRead(buffer, text);
  if (error == ENOENT) return;
  if (error != 0) {
    note_ = ErrnoError(error, path_).message;
    enabled_ = false;  // what cannot be read must not be overwritten
    return;
  }
  auto learned = ParseLearnedPorts(text);
  if (!learned) {
    // Never overwritten: a person may have spent an hour on it.
    std::string aside = path_ + ".bad";
    for (int i = 1; ::access(aside.c_str(), F_OK) == 0 && i < 100; ++i) {
      aside = path_ + ".bad." + std::to_string(i);
    }
    (void)std::rename(path_.c_str(), aside.c_str());
    note_ = path_ + ": " + learned.error().message + "; set aside as " + aside +
            ", learning begins anew";
    return;
  }
  learned_ = std::move(*learned);
  begun_ = true;
  for (const std::string& item : learned_.allow) {
    if (auto rule = ParseAllow(item)) rules_.push_back(std::move(*rule));
  }
}

bool PortLearning::BeginTick(WallTime now) {
  if (!enabled_) return false;
  if (!begun_) {
    begun_ = true;
    learned_.since = now;
    dirty_ = true;
  }
  const WallTime until = learned_.since + std::chrono::duration_cast<WallTime::duration>(learn_);
  if (until - learned_.until >= std::chrono::seconds(1) ||
      learned_.until - until >= std::chrono::seconds(1)) {
    learned_.until = until;  // the time was changed in the configuration
    dirty_ = true;
  }
  const bool over = now >= until;
  const bool changed = first_ || over != over_;
  first_ = false;
  over_ = over;
  return changed;
}

void PortLearning::Observe(const ListenerFacts& listener, std::uint16_t ephemeral_first,
                           std::uint16_t ephemeral_last) {
  if (!learning() || rules_.size() >= kMaxItems) return;
  std::string item = LearnedItem(listener, ephemeral_first, ephemeral_last);
  if (std::find(learned_.allow.begin(), learned_.allow.end(), item) != learned_.allow.end()) return;
  auto rule = ParseAllow(item);
  if (!rule) return;  // port 0, which nothing listens on
  rules_.push_back(std::move(*rule));
  learned_.allow.push_back(std::move(item));
  dirty_ = true;
}

void PortLearning::EndTick(MonoTime now) {
  if (!enabled_) return;
  if (std::string error = file_.TakeError(); !error.empty()) {
    note_ = std::move(error);
    dirty_ = true;  // tried again
    next_write_ = now + std::chrono::minutes(1);
  }
  if (!dirty_ || now < next_write_) return;
  if (!file_.Write(path_, FormatLearnedPorts(learned_))) return;
  dirty_ = false;
  next_write_ = now + kWriteEvery;
}

}  // namespace ecsward
