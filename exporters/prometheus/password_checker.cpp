#include "exporters/prometheus/password_checker.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace ecsward {
namespace {

struct Job {
  std::uint64_t id;
  PasswordDigest digest;
  std::string password, hash;
};

// The last answers of one kind.
class Memory {
 public:
  bool Has(const PasswordDigest& digest) const {
    const auto end = digests_.begin() + static_cast<std::ptrdiff_t>(count_);
    return std::find(digests_.begin(), end, digest) != end;
  }
  void Add(const PasswordDigest& digest) {
    if (Has(digest)) return;
    digests_[next_] = digest;
    next_ = (next_ + 1) % digests_.size();
    count_ = std::min(count_ + 1, digests_.size());
  }

 private:
  std::array<PasswordDigest, 32> digests_{};
  std::size_t count_ = 0, next_ = 0;
};

}  // namespace

struct PasswordChecker::Shared {
  const WebSecurity& security;

  // --- the event loop's ---
  // Right and wrong ones apart, so that guessing does not push out the password in use.
  Memory right, wrong;
  // Whom to tell, by job. Not in the job: a connection must not die on the checking thread.
  std::map<std::uint64_t, std::function<void(bool)>> pending;
  std::uint64_t next_id = 0;

  // --- shared ---
  std::mutex mutex;  // guards the rest
  std::condition_variable wake;
  std::deque<Job> jobs;
  Post post;  // empty: the checker is gone

  static void Work(const std::shared_ptr<Shared>& shared);
};

void PasswordChecker::Shared::Work(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (true) {
    shared->wake.wait(lock, [&] { return !shared->post || !shared->jobs.empty(); });
    if (!shared->post) return;
    Job job = std::move(shared->jobs.front());
    shared->jobs.pop_front();
    lock.unlock();
    const bool allowed = shared->security.VerifyPassword(job.password, job.hash);
    lock.lock();
    if (!shared->post) return;  // the event loop may be gone too
    shared->post([shared, id = job.id, digest = job.digest, allowed] {
      (allowed ? shared->right : shared->wrong).Add(digest);
      const auto at = shared->pending.find(id);
      if (at == shared->pending.end()) return;
      const auto done = std::move(at->second);
      shared->pending.erase(at);
      done(allowed);
    });
  }
}

PasswordChecker::PasswordChecker(const WebSecurity& security, Post post)
    : shared_(new Shared{.security = security,
                         .right = {},
                         .wrong = {},
                         .pending = {},
                         .next_id = 0,
                         .mutex = {},
                         .wake = {},
                         .jobs = {},
                         .post = std::move(post)}) {
  // Detached: a check may take seconds, and stopping must not.
  std::thread([shared = shared_] { Shared::Work(shared); }).detach();
}

PasswordChecker::~PasswordChecker() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->post = nullptr;
    shared_->jobs.clear();
  }
  shared_->wake.notify_one();
  const auto dropped = std::move(shared_->pending);
  shared_->pending.clear();
}

bool PasswordChecker::Remembered(const PasswordDigest& digest, bool& allowed) const {
  allowed = shared_->right.Has(digest);
  return allowed || shared_->wrong.Has(digest);
}

bool PasswordChecker::Start(const PasswordDigest& digest, std::string password, std::string hash,
                            std::function<void(bool)> done) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->jobs.size() >= kMaxWaiting) return false;
    const std::uint64_t id = shared_->next_id++;
    shared_->jobs.push_back({id, digest, std::move(password), std::move(hash)});
    shared_->pending.emplace(id, std::move(done));
  }
  shared_->wake.notify_one();
  return true;
}

}  // namespace ecsward
