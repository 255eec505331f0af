// What a process, a device or anything else that names itself is called in front of people.
#pragma once

#include <string>
#include <string_view>

namespace ecsward {

// For terminals, labels and web pages: at most 64 characters, what cannot be printed or is no UTF-8
// is "?". A kernel thread is [named like this], without what tells it from its likes:
// "kworker/0:1-events" → "[kworker]".
std::string OffenderName(std::string_view name, bool kernel_thread);

}  // namespace ecsward
