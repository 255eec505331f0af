#include "tests/unit/base/name_lookup.h"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <mutex>
#include <string_view>

namespace ecsward {
namespace {

std::mutex g_mutex;  // guards all below
std::condition_variable g_changed;
bool g_hang = false;
int g_waiting = 0;

void Hang() {
  std::unique_lock lock(g_mutex);
  ++g_waiting;
  g_changed.notify_all();
  g_changed.wait(lock, [] { return !g_hang; });
  --g_waiting;
  g_changed.notify_all();
}

}  // namespace

HangingLookup::HangingLookup() {
  const std::lock_guard lock(g_mutex);
  g_hang = true;
}

HangingLookup::~HangingLookup() {
  std::unique_lock lock(g_mutex);
  g_hang = false;
  g_changed.notify_all();
  g_changed.wait(lock, [] { return g_waiting == 0; });
}

void HangingLookup::WaitForOne() {
  std::unique_lock lock(g_mutex);
  g_changed.wait(lock, [] { return g_waiting > 0; });
}

}  // namespace ecsward

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** result) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const std::string_view name = node == nullptr ? "" : node;
  if (name == "unknown.invalid") return EAI_NONAME;
  if (name == "hangs.invalid") {
    ecsward::Hang();
    return EAI_AGAIN;
  }
  return real(name.ends_with(".test") ? "127.0.0.1" : node, service, hints, result);
}
