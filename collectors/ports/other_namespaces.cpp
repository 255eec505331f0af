#include "collectors/ports/other_namespaces.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <tuple>

#include "collectors/offender_name.h"
#include "collectors/ports/listener_dump.h"
#include "collectors/ports/process_files.h"
#include "collectors/process/cgroup_unit.h"
#include "collectors/process/user_names.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kMaxNamespaces = 256;
constexpr std::size_t kMaxListeners = 5000;

std::string NamespaceOf(ProcessFiles& files, const std::string& folder) {
  std::array<char, 64> target{};
  const auto length =
      files.ReadLinkAt(AT_FDCWD, (folder + "/ns/net").c_str(), target.data(), target.size());
  if (length <= 0) return {};
  return std::string(ParseNamespaceLink({target.data(), static_cast<std::size_t>(length)}));
}

std::string ReadText(const std::string& path, ReadBuffer& buffer) {
  HostFile file(path);
  std::string_view text;
  return file.TryRead(buffer, text) == 0 ? std::string(text) : std::string();
}

void ReadOne(const std::string& folder, const std::string& name, std::int64_t pid,
             const UserNames& users, ReadBuffer& buffer, std::vector<PortListener>& out) {
  std::vector<ListenSocket> sockets;
  if (!ReadListenTables(folder + "/net/", buffer, sockets)) return;
  const std::string group = ReadText(folder + "/cgroup", buffer);
  const CgroupUnit unit = ParseCgroupUnit(group);
  std::map<std::tuple<bool, std::uint16_t, std::string>, std::size_t> places;
  for (const ListenSocket& socket : sockets) {
    if (socket.port == 0 || out.size() >= kMaxListeners) continue;
    std::string address = AddressText(socket);
    const auto [it, made] = places.try_emplace({socket.udp, socket.port, address}, out.size());
    if (!made) {
      PortListener& known = out[it->second];
      ++known.sockets;
      known.accept_queue = std::max(known.accept_queue, socket.queue);
      continue;
    }
    PortListener listener;
    listener.proto = socket.udp ? "udp" : "tcp";
    listener.address = std::move(address);
    listener.port = socket.port;
    listener.user = users.Name(socket.uid);
    if (!unit.unit.empty()) listener.unit = OffenderName(unit.unit, false);
    if (!unit.container.empty()) listener.container = OffenderName(unit.container, false);
    listener.inode = socket.inode;
    listener.accept_queue = socket.queue;
    listener.refused = socket.drops;
    listener.other_namespace = name;
    listener.holders = {pid};
    if (IsLoopback(socket)) listener.verdict = PortVerdict::kLoopback;
    out.push_back(std::move(listener));
  }
}

}  // namespace

std::string_view ParseNamespaceLink(std::string_view target) {
  constexpr std::string_view kBegin = "net:[";
  if (!target.starts_with(kBegin) || !target.ends_with(']')) return {};
  target.remove_prefix(kBegin.size());
  target.remove_suffix(1);
  std::uint64_t number = 0;
  return ParseUint(target, number) ? target : std::string_view();
}

std::vector<PortListener> ReadOtherNamespaces(const HostRoot& root) {
  ProcessFiles files;
  ReadBuffer buffer;
  UserNames users(root);
  users.Refresh();
  const std::string proc = root.paths().procfs;
  const std::string own = NamespaceOf(files, proc + "/self");
  const std::string first = NamespaceOf(files, proc + "/1");
  // The lowest number of each: what a container began with lives as long as it does.
  std::map<std::string, std::int64_t> found;
  FolderReader folder;
  if (folder.Open(files, proc.c_str()) != 0) return {};
  while (const char* name = folder.Next()) {
    std::int64_t pid = 0;
    if (name[0] < '1' || name[0] > '9' || !ParseInt(name, pid)) continue;
    std::string space = NamespaceOf(files, proc + "/" + name);
    if (space.empty() || space == (own.empty() ? first : own)) continue;
    const auto [it, made] = found.try_emplace(std::move(space), pid);
    if (!made) it->second = std::min(it->second, pid);
    if (found.size() >= kMaxNamespaces) break;
  }
  std::vector<PortListener> out;
  for (const auto& [space, pid] : found) {
    ReadOne(proc + "/" + std::to_string(pid), space, pid, users, buffer, out);
  }
  std::sort(out.begin(), out.end(), [](const PortListener& a, const PortListener& b) {
    return std::tie(a.other_namespace, a.proto, a.port, a.address) <
           std::tie(b.other_namespace, b.proto, b.port, b.address);
  });
  return out;
}

struct OtherNamespaces::State {
  std::mutex mutex;
  std::condition_variable done;
  bool busy = false, fresh = false;
  std::vector<PortListener> found;
};

OtherNamespaces::~OtherNamespaces() { Await(); }

void OtherNamespaces::Await() {
  if (!state_) return;
  std::unique_lock lock(state_->mutex);
  state_->done.wait_for(lock, kPatience, [&] { return !state_->busy; });
}

void OtherNamespaces::Tick(MonoTime now) {
  if (!state_) state_ = std::make_shared<State>();
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->fresh) {
      state_->fresh = false;
      listeners_.swap(state_->found);
      ++version_;
    }
    if (state_->busy || now < due_) return;
    state_->busy = true;
  }
  due_ = now + kEvery;
  try {
    std::thread([state = state_, root = root_] {
      std::vector<PortListener> found = ReadOtherNamespaces(root);
      const std::lock_guard lock(state->mutex);
      state->found = std::move(found);
      state->fresh = true;
      state->busy = false;
      state->done.notify_all();
    }).detach();
  } catch (const std::system_error&) {  // no more threads
    const std::lock_guard lock(state_->mutex);
    state_->busy = false;
  }
}

}  // namespace ecsward
