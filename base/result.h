// Errors are values. A function that can fail returns Result<T>: either the value or an Error that
// says what went wrong, for the program (code) and for the person (message). Each layer adds what
// it alone knows, so that the message reads as a trail:
//
//   auto text = root.ReadFile(Tree::kProc, "stat");
//   if (!text) return std::move(text).error().Context("cpu");  // "cpu: /proc/stat: permission
//   denied"
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ecsward {

enum class ErrorCode {
  kInvalidArgument,  // the caller's or the user's input is wrong
  kNotSupported,     // this kernel or host does not have it: normal, said once, not a failure
  kNotFound,
  kDenied,
  kParse,    // outside text is not what its format says
  kTimeout,  // a deadline passed
  kIo,
  kInternal,
};

// The code's name for logs: "not_supported".
std::string_view ToString(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  // Puts "what: " before the message.
  [[nodiscard]] Error Context(std::string_view what) &&;
};

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using Base = tl::expected<T, Error>;
  using Base::Base;
  Result() = default;
  Result(Base base) : Base(std::move(base)) {}  // NOLINT(google-explicit-constructor): same thing
  // An Error converts, so that `return std::move(r).error().Context("cpu");` works.
  Result(Error error) : Base(tl::unexpect, std::move(error)) {}
};

// The usual way to fail: `return Fail(ErrorCode::kParse, "line 3: want a number");`
inline Error Fail(ErrorCode code, std::string message) { return Error{code, std::move(message)}; }

// For what a host may simply not have (a file of a newer kernel, a kind of hardware): kNotFound
// becomes kNotSupported, so that it is said once and not counted as a failure.
Error NotOffered(Error error);

// An Error from errno: ENOENT and friends → kNotFound, EACCES/EPERM → kDenied, EOPNOTSUPP and
// friends → kNotSupported, the rest → kIo. The message is "what: strerror".
Error ErrnoError(int error_number, std::string_view what);

}  // namespace ecsward
