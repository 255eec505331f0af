// Who may talk to the server and how: TLS and users from the web configuration file, kept up to
// date with the files.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "exporters/prometheus/web_config.h"
#include "exporters/prometheus/websec.h"

namespace ecsward {

class PasswordChecker;

// Event-loop thread only.
class WebGuard {
 public:
  using Post =
      std::function<void(std::function<void()>)>;  // runs it on the event loop; thread-safe
  enum class Access : std::uint8_t {
    kAllowed,
    kDenied,
    kPending,  // `done` will be called, later, from the event loop
    kBusy,     // too many checks are waiting
  };

  // Reads `file` and what it names. An empty name: no TLS, no users.
  // errors: as ReadWebConfig, LoadWebSecurity and WebSecurity::LoadTls
  static Result<std::unique_ptr<WebGuard>> Load(const std::string& file,
                                                const std::string& module_folder, Post post,
                                                std::function<void(const std::string&)> warn);
  ~WebGuard();

  // Reads the files again when they changed; looks at most once a second. What is wrong is told
  // once, and what was right goes on.
  void Refresh(MonoTime now);

  // Takes what `before` knows about passwords and lets its checks under way go on here.
  void TakeOver(WebGuard& before);
  // Drops checks under way: nothing will be posted any more.
  void Stop();

  // Null without TLS. Good until Refresh; connections made with it may live longer.
  TlsContext* tls() const { return state_.tls.get(); }
  // Header lines for every response.
  std::string_view headers() const { return state_.config.headers; }

  bool has_users() const { return !state_.config.users.empty(); }  // false: all are allowed
  // `authorization` is the header's value. Whether the user exists does not show in how long it
  // takes.
  Access Check(std::string_view authorization, std::function<void(bool allowed)> done);

 private:
  struct FileStamp {
    std::string path;
    std::uint64_t inode = 0, size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const FileStamp&, const FileStamp&) = default;
  };
  struct State {
    WebConfig config;
    std::unique_ptr<TlsContext> tls;
    const WebSecurity* security = nullptr;
    std::vector<FileStamp> stamps;
  };
  WebGuard() = default;
  static FileStamp StampOf(const std::string& path);
  static Result<void> LoadState(const std::string& file, const std::string& module_folder,
                                State& out);

  std::string file_;
  std::string module_folder_;
  Post post_;
  std::function<void(const std::string&)> warn_;
  State state_;
  MonoTime next_look_{};
  std::unique_ptr<PasswordChecker> checker_;  // made when there are users
};

}  // namespace ecsward
