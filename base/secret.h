// A password, key or token. It prints as "<redacted>" wherever it is printed (fmt, streams), so
// that no log line, error or page can show it by accident; whoever really needs it asks for
// Reveal().
//
//   auto secret = Secret::FromFile(path);           // systemd credentials and *_file settings
//   log.Info("loaded", {{"key", ToString(*secret)}});  // key=<redacted>
#pragma once

#include <fmt/format.h>

#include <iosfwd>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ecsward {

class Secret {
 public:
  static constexpr std::size_t kMaxBytes = 64 << 10;  // a certificate's key fits

  Secret() = default;
  explicit Secret(std::string_view value) : value_(value) {}
  Secret(const Secret& other) : value_(other.value_) {}
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();  // overwrites the memory

  // The file's content without one trailing newline.
  // errors: as ErrnoError with the path, kParse when empty or longer than kMaxBytes; never the
  // content
  static Result<Secret> FromFile(const std::string& path);

  bool empty() const { return value_.empty(); }
  // The value itself: for handing to a library, never for text.
  const std::string& Reveal() const { return value_; }

 private:
  std::string value_;
};

inline std::string_view ToString(const Secret&) { return "<redacted>"; }
std::ostream& operator<<(std::ostream& out, const Secret& secret);

}  // namespace ecsward

template <>
struct fmt::formatter<ecsward::Secret> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const ecsward::Secret& secret, Context& context) const {
    return fmt::formatter<std::string_view>::format(ToString(secret), context);
  }
};
