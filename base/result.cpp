#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace ecsward {

std::string_view ToString(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kNotSupported:
      return "not_supported";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kParse:
      return "parse";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kInternal:
      break;
  }
  return "internal";
}

Error Error::Context(std::string_view what) && {
  std::string longer;
  longer.reserve(what.size() + 2 + message.size());
  longer.append(what).append(": ").append(message);
  return Error{code, std::move(longer)};
}

namespace {

ErrorCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
      return ErrorCode::kDenied;
    case EOPNOTSUPP:
    case ENOSYS:
    case EPROTONOSUPPORT:
    case EAFNOSUPPORT:
      return ErrorCode::kNotSupported;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Error NotOffered(Error error) {
  if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kNotSupported;
  return error;
}

Error ErrnoError(int error_number, std::string_view what) {
  return Error{CodeOf(error_number), std::system_category().message(error_number)}.Context(what);
}

}  // namespace ecsward
