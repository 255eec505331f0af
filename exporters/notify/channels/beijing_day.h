// Days as the message services and their bills count them: Beijing's.
#pragma once

#include <chrono>
#include <cstdint>

namespace ecsward::notify {

inline std::chrono::sys_days BeijingDay(std::int64_t unix_ms) {
  using namespace std::chrono;
  return floor<days>(sys_time<milliseconds>{milliseconds(unix_ms)} + hours(8));
}

}  // namespace ecsward::notify
