// /proc/PID/stat, read by hand: a thousand of these are parsed in each full look at the processes.
#pragma once

#include <cstdint>
#include <string_view>

namespace ecsward {

// source: proc_pid_stat(5), "4242 (name) S 1 …"
// unit:   clock ticks, pages
// note:   the name may hold blanks and parentheses; the last one closes it
struct StatLine {
  std::string_view comm;  // a view of the text, as the process has named itself
  char state = '?';       // R, S, D, Z, …
  std::int64_t parent = 0;
  bool kernel_thread = false;
  std::uint64_t user_ticks = 0, system_ticks = 0;  // of all its threads, the ended ones included
  std::uint64_t threads = 0;
  std::uint64_t start_ticks = 0;  // since boot: tells a process from a later one with its number
  std::uint64_t rss_pages = 0;
};

// False when a field is missing or no number. A field below zero counts as 0.
bool ParseStatLine(std::string_view text, StatLine& out);

}  // namespace ecsward
