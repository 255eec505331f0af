#include "exporters/prometheus/web_guard.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "exporters/prometheus/password_checker.h"

namespace ecsward {
namespace {

constexpr std::chrono::seconds kLookEvery{1};
constexpr std::size_t kMaxCredentials = 1024;

std::optional<std::string> DecodeBase64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int have = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z') {
      value = static_cast<std::uint32_t>(c - 'A');
    } else if (c >= 'a' && c <= 'z') {
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    } else if (c >= '0' && c <= '9') {
      value = static_cast<std::uint32_t>(c - '0') + 52;
    } else if (c == '+') {
      value = 62;
    } else if (c == '/') {
      value = 63;
    } else {
      return std::nullopt;
    }
    bits = (bits << 6 | value) & 0xffffff;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 0xff);
    }
  }
  return out;
}

struct Credentials {
  std::string user, password;
};

// "Basic dXNlcjpwYXNz" (RFC 7617).
std::optional<Credentials> ParseAuthorization(std::string_view header) {
  constexpr std::string_view kScheme = "basic ";
  if (header.size() > kMaxCredentials || header.size() < kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    if ((header[i] | 0x20) != kScheme[i]) return std::nullopt;
  }
  header.remove_prefix(kScheme.size());
  while (header.starts_with(' ')) header.remove_prefix(1);
  const auto text = DecodeBase64(header);
  if (!text) return std::nullopt;
  const auto colon = text->find(':');
  // crypt(3) stops at a NUL: "right\0anything" must not pass.
  if (colon == std::string::npos || text->find('\0') != std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace

WebGuard::~WebGuard() = default;

WebGuard::FileStamp WebGuard::StampOf(const std::string& path) {
  FileStamp out{.path = path};
  struct stat s {};
  if (stat(path.c_str(), &s) != 0) return out;
  out.inode = s.st_ino;
  out.size = static_cast<std::uint64_t>(s.st_size);
  out.modified_ns = s.st_mtim.tv_sec * std::int64_t{1'000'000'000} + s.st_mtim.tv_nsec;
  return out;
}

// Stamps are taken before the files are read: what changes in between is read again.
Result<void> WebGuard::LoadState(const std::string& file, const std::string& module_folder,
                                 State& out) {
  if (file.empty()) return {};
  out.stamps.push_back(StampOf(file));
  auto config = ReadWebConfig(file);
  if (!config) return std::move(config).error();
  out.config = std::move(*config);
  if (!out.config.needs_security_module()) return {};
  auto security = LoadWebSecurity(module_folder);
  if (!security) return std::move(security).error();
  out.security = *security;
  if (!out.config.tls) return {};
  const TlsSettings& settings = *out.config.tls;
  for (const auto* path : {&settings.cert_file, &settings.key_file, &settings.client_ca_file}) {
    if (!path->empty()) out.stamps.push_back(StampOf(*path));
  }
  auto tls = out.security->LoadTls(settings);
  if (!tls) return std::move(tls).error().Context(file);
  out.tls = std::move(*tls);
  return {};
}

Result<std::unique_ptr<WebGuard>> WebGuard::Load(const std::string& file,
                                                 const std::string& module_folder, Post post,
                                                 std::function<void(const std::string&)> warn) {
  std::unique_ptr<WebGuard> out(new WebGuard);
  if (auto ok = LoadState(file, module_folder, out->state_); !ok) return std::move(ok).error();
  out->file_ = file;
  out->module_folder_ = module_folder;
  out->post_ = std::move(post);
  out->warn_ = std::move(warn);
  return out;
}

void WebGuard::TakeOver(WebGuard& before) { checker_ = std::move(before.checker_); }

void WebGuard::Stop() { checker_.reset(); }

// These are a few small local files, looked at for new connections and requests only, and read when
// somebody has just written them: the event loop can afford that.
void WebGuard::Refresh(MonoTime now) {
  if (file_.empty() || now < next_look_) return;
  next_look_ = now + kLookEvery;
  const bool same = std::all_of(state_.stamps.begin(), state_.stamps.end(),
                                [](const FileStamp& s) { return StampOf(s.path) == s; });
  if (same) return;
  State fresh;
  if (auto ok = LoadState(file_, module_folder_, fresh); ok) {
    state_ = std::move(fresh);
  } else {
    if (warn_) warn_("web configuration not taken over: " + ok.error().message);
    state_.stamps = std::move(fresh.stamps);
  }
}

WebGuard::Access WebGuard::Check(std::string_view authorization,
                                 std::function<void(bool allowed)> done) {
  if (state_.config.users.empty()) return Access::kAllowed;
  const auto given = ParseAuthorization(authorization);
  if (!given) return Access::kDenied;
  const auto user = state_.config.users.find(given->user);
  const bool known = user != state_.config.users.end();
  // An unknown user costs what a known one does: somebody's hash is checked, and not believed.
  const std::string& hash = known ? user->second : state_.config.users.begin()->second;

  if (checker_ == nullptr) checker_ = std::make_unique<PasswordChecker>(*state_.security, post_);
  const PasswordDigest digest = state_.security->Digest(given->user, hash, given->password);
  bool allowed = false;
  if (checker_->Remembered(digest, allowed)) {
    return allowed && known ? Access::kAllowed : Access::kDenied;
  }
  const bool started =
      checker_->Start(digest, given->password, hash,
                      [known, done = std::move(done)](bool right) { done(right && known); });
  return started ? Access::kPending : Access::kBusy;
}

}  // namespace ecsward
