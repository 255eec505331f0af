#include "cloud/api_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace ecsward::cloud {
namespace {

using enum ApiErrorClass;

struct Row {
  std::string_view code;  // "A*": begins with A; "*A": ends with A; "*A*": has A
  ApiErrorClass kind;
};

// The first row that fits decides.
constexpr Row kCodes[] = {
    {"*Throttling*", kThrottled},
    {"SignatureNonceUsed", kResign},
    {"InvalidTimeStamp*", kResign},
    {"IllegalTimestamp*", kResign},
    {"InvalidSecurityToken*", kRefreshCredentials},
    {"InvalidAccessKeyId*", kCredentialsWrong},
    {"SignatureDoesNotMatch", kCredentialsWrong},
    {"IncompleteSignature", kCredentialsWrong},
    {"IdempotentProcessing", kInProgress},
    {"LastOrderProcessing", kInProgress},
    {"Operation.Conflict", kInProgress},
    {"OperationConflict", kInProgress},
    {"InvalidOperation.Conflict", kInProgress},
    {"IncorrectDiskStatus.NeverAttached", kNeverPossible},
    {"IncorrectDiskStatus.NeverUsed", kNeverPossible},
    {"DiskCategory.OperationNotSupported", kNeverPossible},
    {"DiskId.ValueNotSupported", kNeverPossible},
    {"InvalidDiskSize.TooSmall", kNeverPossible},
    {"InvalidOperation.NotSupportCopyInSameRegion", kNeverPossible},
    {"IncorrectDiskStatus*", kBusyState},
    {"DiskCreatingSnapshot", kBusyState},
    {"IncorrectInstanceStatus", kBusyState},
    {"InvalidInstanceStatus.NotRunning", kBusyState},
    {"Forbidden*", kNotAllowed},
    {"NoPermission", kNotAllowed},
    {"UserNotInTheWhiteList", kNotAllowed},
    {"QuotaExceed*", kQuotaOrMoney},
    {"InvalidAccountStatus*", kQuotaOrMoney},
    {"DiskInArrears", kQuotaOrMoney},
    {"InstanceLockedForSecurity", kQuotaOrMoney},
    {"InstanceExpiredOrInArrears", kQuotaOrMoney},
    {"SnapshotCreatedDisk", kBlocked},
    {"SnapshotCreatedImage", kBlocked},
    {"InvalidSnapshotId.NotFound", kDone},
    {"InvalidDiskId.NotFound", kDone},
    {"DryRunOperation", kDryRunOk},
    {"InternalError*", kTransient},
    {"ServiceUnavailable*", kTransient},
    {"Missing*", kBug},
    {"InvalidParameter*", kBug},
    {"*.Malformed", kBug},
    {"InvalidApi.NotFound", kBug},
    {"IdempotentParameterMismatch", kBug},
};

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool Fits(std::string_view code, std::string_view pattern) {
  const bool open_front = pattern.starts_with('*');
  const bool open_back = pattern.ends_with('*');
  pattern.remove_prefix(open_front ? 1 : 0);
  pattern.remove_suffix(open_back ? 1 : 0);
  const std::string wanted = LowerCase(pattern);
  if (open_front && open_back) return code.find(wanted) != std::string_view::npos;
  if (open_front) return code.ends_with(wanted);
  return open_back ? code.starts_with(wanted) : code == wanted;
}

}  // namespace

// HTTP's status is only asked last: the API has said 404 to a malformed text and 403 to a busy
// disk.
ApiErrorClass ClassifyApiError(std::string_view code, int status) {
  // Products do not agree on capitals: InvalidTimeStamp, InvalidTimestamp.
  const std::string lower = LowerCase(code);
  for (const Row& row : kCodes) {
    if (Fits(lower, row.code)) return row.kind;
  }
  if (status == 429) return kThrottled;
  return status >= 500 || status == 408 ? kTransient : kOther;
}

std::string ApiFailure::ToText() const {
  std::string text = action.empty() ? std::string("call") : action;
  if (!code.empty()) text += ": " + code;
  if (!message.empty()) text += ": " + message;
  if (code.empty() && message.empty()) text += fmt::format(": HTTP {}", status);
  if (!request_id.empty()) text += " (RequestId " + request_id + ")";
  return text;
}

}  // namespace ecsward::cloud
