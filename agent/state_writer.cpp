#include "agent/state_writer.h"

#include <algorithm>
#include <exception>

#include "base/database_file.h"
#include "metrics/history_file.h"

namespace ecsward {
namespace {

constexpr std::size_t kMaxHistoryBytes = std::size_t{256} << 20;

MonoTime Now() { return std::chrono::steady_clock::now(); }

std::string KeyOf(const RuleAlert& of) {
  std::string key;
  for (const std::string* part : {&of.group_key, &of.rule, &of.rule_text}) {
    key.append(*part) += '\0';
  }
  for (const LabelPair& label : of.alert.labels) {
    key.append(label.name) += '\0';
    key.append(label.value) += '\0';
  }
  return key;
}

}  // namespace

StateWriter::StateWriter(std::string directory, const Clock& clock, const Logger& log,
                         StateHooks hooks, Pace pace)
    : directory_(std::move(directory)),
      clock_(clock),
      log_(log),
      hooks_(std::move(hooks)),
      pace_(pace) {}

StateWriter::~StateWriter() { Stop(std::chrono::hours(1)); }

void StateWriter::Start() {
  ended_ = false;
  thread_ = std::thread([this] { Loop(); });
}

void StateWriter::Post(std::shared_ptr<const RuleAlert> now, std::int64_t evaluated_at_ms) {
  const std::lock_guard lock(mutex_);
  if (overflown_) return;  // the whole picture will be written
  std::string key = KeyOf(*now);
  queue_.alerts.insert_or_assign(std::move(key), std::move(now));
  queue_.evaluated_at_ms = evaluated_at_ms;
  if (queue_.alerts.size() > kMaxQueued) {
    queue_.alerts.clear();
    overflown_ = true;
  }
  changed_.notify_all();
}

void StateWriter::PostEvaluated(std::int64_t evaluated_at_ms) {
  const std::lock_guard lock(mutex_);
  queue_.evaluated_at_ms = evaluated_at_ms;
  changed_.notify_all();
}

void StateWriter::PostAll() {
  const std::lock_guard lock(mutex_);
  queue_.alerts.clear();
  overflown_ = true;
  changed_.notify_all();
}

bool StateWriter::Stop(std::chrono::milliseconds patience) {
  if (!thread_.joinable()) return true;
  {
    std::unique_lock lock(mutex_);
    stop_ = true;
    changed_.notify_all();
    if (!changed_.wait_for(lock, patience, [this] { return ended_; })) return false;
  }
  thread_.join();
  return true;
}

void StateWriter::Loop() {
  try {
    Restore();
  } catch (const std::exception& e) {  // out of memory: the rules begin without it
    log_.LogError("restoring the state", {{"error", e.what()}});
  }
  checkpoint_at_ = Now() + pace_.checkpoint;
  reconcile_at_ = Now() + pace_.reconcile;
  for (bool stop = false; !stop;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      MonoTime wake = checkpoint_at_;
      if (whole_picture_) wake = std::min(wake, retry_at_);
      changed_.wait_until(lock, wake, [this] {
        return stop_ || overflown_ || !queue_.alerts.empty() || queue_.evaluated_at_ms != 0;
      });
      std::swap(batch, queue_);
      whole_picture_ = whole_picture_ || overflown_;
      overflown_ = false;
      stop = stop_;
    }
    try {
      if (!reconciled_ && Due(reconcile_at_)) reconciled_ = whole_picture_ = true;
      if (!whole_picture_) {
        Write(batch);
      } else if (stop || Due(retry_at_)) {
        WriteAll();
      }
      if (stop || Due(checkpoint_at_)) {
        checkpoint_at_ = Now() + pace_.checkpoint;
        WriteHistory();
      }
    } catch (const std::exception& e) {  // out of memory
      log_.LogError("keeping the state", {{"error", e.what()}});
      whole_picture_ = true;
      retry_at_ = Now() + pace_.retry;
    }
  }
  db_.reset();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

bool StateWriter::Due(MonoTime time) const { return Now() >= time; }

void StateWriter::Restore() {
  SavedAlerts saved;
  auto opened = OpenDb();
  if (opened) {
    auto loaded = db_->Load();
    if (loaded) {
      saved = std::move(*loaded);
    } else if (loaded.error().code == ErrorCode::kParse) {
      SetFileAside(directory_ + "/state.db", loaded.error());
      opened = OpenDb();
    } else {
      opened = std::move(loaded).error();
    }
  }
  (void)Went(opened, db_failing_, "cannot keep alerts' states");

  const std::string path = directory_ + "/history.bin";
  auto history = ReadWholeFile(path, kMaxHistoryBytes);
  if (!history && history.error().code == ErrorCode::kParse) {
    SetFileAside(path, history.error());
  }
  const auto restored = hooks_.restore(std::move(saved), history ? *history : std::string());
  if (!restored && restored.error().code == ErrorCode::kParse) {
    SetFileAside(path, restored.error());
  } else if (!restored) {
    log_.Warn("state not restored", {{"error", restored.error().message}});
  }
}

void StateWriter::Write(const Batch& batch) {
  if (batch.evaluated_at_ms == 0) return;
  auto ok = OpenDb();
  if (ok && batch.alerts.empty()) {
    ok = db_->WriteEvaluatedAt(batch.evaluated_at_ms);
  } else if (ok) {
    std::vector<RuleAlert> alerts;
    alerts.reserve(batch.alerts.size());
    for (const auto& [key, alert] : batch.alerts) alerts.push_back(*alert);
    ok = db_->Write(alerts, batch.evaluated_at_ms);
  }
  (void)Went(ok, db_failing_, "cannot keep alerts' states");
}

void StateWriter::WriteAll() {
  auto ok = OpenDb();
  if (ok) {
    const SavedAlerts all = hooks_.alerts();
    ok = db_->Replace(all.alerts, all.evaluated_at_ms);
  }
  whole_picture_ = false;
  (void)Went(ok, db_failing_, "cannot keep alerts' states");
}

void StateWriter::WriteHistory() {
  const std::string bytes = hooks_.history();
  if (bytes.empty()) return;
  const auto ok = WriteFileAtomically(directory_ + "/history.bin", bytes);
  (void)Went(ok, history_failing_, "cannot keep the history");
}

Result<void> StateWriter::OpenDb() {
  if (db_) return {};
  const std::string path = directory_ + "/state.db";
  auto opened = StateDb::Open(path);
  if (!opened && opened.error().code == ErrorCode::kParse) {
    SetFileAside(path, opened.error());
    opened = StateDb::Open(path);
  }
  if (!opened) return std::move(opened).error();
  db_.emplace(std::move(*opened));
  return {};
}

void StateWriter::SetFileAside(const std::string& path, const Error& why) {
  db_.reset();
  const auto aside = SetDatabaseAside(path, clock_.Wall());
  if (aside) {
    log_.Warn("set aside, and begun anew",
              {{"file", path}, {"error", why.message}, {"now", *aside}});
  } else {
    log_.LogError("cannot be set aside", {{"file", path}, {"error", aside.error().message}});
  }
}

bool StateWriter::Went(const Result<void>& result, bool& failing, std::string_view what) {
  if (!result) {
    ++figures_.write_failures;
    if (!failing) log_.Warn(what, {{"error", result.error().message}});
    if (&failing == &db_failing_) {
      // Whatever it was, a connection made anew looks at the file again.
      db_.reset();
      whole_picture_ = true;
      retry_at_ = Now() + pace_.retry;
    }
  } else if (failing) {
    log_.Info("the state is kept again", {{"directory", directory_}});
  }
  failing = !result;
  return !failing;
}

}  // namespace ecsward
