#include "collectors/rpc_stats.h"

#include <iterator>
#include <string>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::string_view kV2[] = {"Null", "GetAttr", "SetAttr", "Root",   "Lookup",  "ReadLink",
                                    "Read", "WrCache", "Write",   "Create", "Remove",  "Rename",
                                    "Link", "SymLink", "MkDir",   "RmDir",  "ReadDir", "FsStat"};

constexpr std::string_view kV3[] = {
    "Null",    "GetAttr",     "SetAttr", "Lookup", "Access",   "ReadLink", "Read",   "Write",
    "Create",  "MkDir",       "SymLink", "MkNod",  "Remove",   "RmDir",    "Rename", "Link",
    "ReadDir", "ReadDirPlus", "FsStat",  "FsInfo", "PathConf", "Commit"};

// In the order of the client's own table, nfs4xdr.c: grown at the end with each kernel.
constexpr std::string_view kV4Client[] = {"Null",
                                          "Read",
                                          "Write",
                                          "Commit",
                                          "Open",
                                          "OpenConfirm",
                                          "OpenNoattr",
                                          "OpenDowngrade",
                                          "Close",
                                          "Setattr",
                                          "FsInfo",
                                          "Renew",
                                          "SetClientID",
                                          "SetClientIDConfirm",
                                          "Lock",
                                          "Lockt",
                                          "Locku",
                                          "Access",
                                          "Getattr",
                                          "Lookup",
                                          "LookupRoot",
                                          "Remove",
                                          "Rename",
                                          "Link",
                                          "Symlink",
                                          "Create",
                                          "Pathconf",
                                          "StatFs",
                                          "ReadLink",
                                          "ReadDir",
                                          "ServerCaps",
                                          "DelegReturn",
                                          "GetACL",
                                          "SetACL",
                                          "FsLocations",
                                          "ReleaseLockowner",
                                          "Secinfo",
                                          "FsidPresent",
                                          "ExchangeID",
                                          "CreateSession",
                                          "DestroySession",
                                          "Sequence",
                                          "GetLeaseTime",
                                          "ReclaimComplete",
                                          "LayoutGet",
                                          "GetDeviceInfo",
                                          "LayoutCommit",
                                          "LayoutReturn",
                                          "SecinfoNoName",
                                          "TestStateID",
                                          "FreeStateID",
                                          "GetDeviceList",
                                          "BindConnToSession",
                                          "DestroyClientID",
                                          "Seek",
                                          "Allocate",
                                          "DeAllocate",
                                          "LayoutStats",
                                          "Clone"};

// By the operation's number in RFC 7530. node_exporter is off by two from 35 on, where it forgets
// SETCLIENTID and SETCLIENTID_CONFIRM, and so shows under "Write" what is none; we do not follow it
// there.
constexpr std::string_view kV4Server[] = {"",
                                          "",
                                          "",
                                          "Access",
                                          "Close",
                                          "Commit",
                                          "Create",
                                          "DelegPurge",
                                          "DelegReturn",
                                          "GetAttr",
                                          "GetFH",
                                          "Link",
                                          "Lock",
                                          "Lockt",
                                          "Locku",
                                          "Lookup",
                                          "LookupRoot",
                                          "Nverify",
                                          "Open",
                                          "OpenAttr",
                                          "OpenConfirm",
                                          "OpenDgrd",
                                          "PutFH",
                                          "",
                                          "",
                                          "Read",
                                          "ReadDir",
                                          "ReadLink",
                                          "Remove",
                                          "Rename",
                                          "Renew",
                                          "RestoreFH",
                                          "SaveFH",
                                          "SecInfo",
                                          "SetAttr",
                                          "",
                                          "",
                                          "Verify",
                                          "Write",
                                          "RelLockOwner"};
static_assert(std::size(kV4Server) == 40);
static_assert(std::size(kV2) == 18 && std::size(kV3) == 22 && std::size(kV4Client) == 59);

}  // namespace

std::span<const std::string_view> NfsV2Procedures() { return kV2; }
std::span<const std::string_view> NfsV3Procedures() { return kV3; }
std::span<const std::string_view> NfsV4ClientProcedures() { return kV4Client; }
std::span<const std::string_view> NfsV4ServerOperations() { return kV4Server; }

std::span<const double> RpcStats::Find(std::string_view name) const {
  for (const Line& line : lines) {
    if (line.name == name) return std::span(values).subspan(line.first_value, line.values);
  }
  return {};
}

double RpcStats::Value(std::string_view name, std::size_t index) const {
  const auto found = Find(name);
  return index < found.size() ? found[index] : 0;
}

Result<void> ParseRpcStats(std::string_view text, RpcStats& out) {
  out.lines.clear();
  out.values.clear();
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    RpcStats::Line entry;
    if (!NextField(line, entry.name)) continue;
    entry.first_value = out.values.size();
    std::string_view field;
    while (NextField(line, field)) {
      double value = 0;
      if (!ParseNumber(field, value)) {
        return Fail(ErrorCode::kParse,
                    "line " + std::to_string(number) + ": want numbers behind the name");
      }
      out.values.push_back(value);
    }
    entry.values = out.values.size() - entry.first_value;
    out.lines.push_back(entry);
  }
  return {};
}

}  // namespace ecsward
