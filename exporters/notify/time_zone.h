// How far a zone's clocks are from UTC, from the system's time zone database. libc knows it too,
// but only of one zone at a time and for the whole process (TZ).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exporters/notify/posix_tz.h"

namespace ecsward::notify {

class TimeZone {
 public:
  // UTC.
  TimeZone() : offsets_{0} {}

  // A compiled zone, "TZif" of any version. errors: kParse
  // source: RFC 9636, tzfile(5)
  static Result<TimeZone> Parse(std::string_view tzif);

  // Seconds east of Greenwich.
  std::int32_t OffsetAt(std::int64_t unix_seconds) const;

 private:
  struct Transition {
    std::int64_t at = 0;
    std::uint8_t type = 0;
  };
  template <class Time>
  static Result<TimeZone> ParseBlock(std::string_view& text);

  std::vector<std::int32_t> offsets_;    // by type; the first is what was before all transitions
  std::vector<Transition> transitions_;  // sorted
  PosixTz rule_;                         // after the last one
  bool has_rule_ = false;
};

// The zones by their names, each read once: Asia/Shanghai is half a kilobyte. Not thread-safe.
class TimeZones {
 public:
  // Other places are for tests.
  explicit TimeZones(std::string folder = "/usr/share/zoneinfo",
                     std::string local_file = "/etc/localtime")
      : folder_(std::move(folder)), local_file_(std::move(local_file)) {}

  // "" and "UTC" are there without any file; "Local" is the host's zone, UTC where it has none. The
  // pointer lives as long as this. errors: kInvalidArgument, kNotFound, kParse, with the name
  Result<const TimeZone*> Find(const std::string& name);

 private:
  std::string folder_, local_file_;
  std::map<std::string, TimeZone, std::less<>> known_;
};

}  // namespace ecsward::notify
