// Every collector there is, in one table that is read top to bottom (all.cpp).
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/host_root.h"
#include "base/kernel.h"
#include "collectors/collector.h"
#include "collectors/host_boards.h"
#include "collectors/network_links.h"
#include "collectors/options.h"
#include "collectors/shared_file.h"

namespace ecsward {

// What one tick's collectors read together. One thread.
struct SharedSources {
  explicit SharedSources(const HostRoot& root)
      : proc_stat(root.File(Tree::kProc, "stat")), links(root) {}
  SharedFile proc_stat;
  NetworkLinks links;
  // For a collector's own files, where no view of one outlives the next read: memory that was just
  // in use is in the cache, and twenty buffers of twenty collectors are not.
  ReadBuffer buffer;
};

// What collectors are made with. All of it outlives them.
struct CollectorEnv {
  const HostRoot& root;
  const Kernel& kernel;
  SharedSources& shared;  // for collectors of Pace::kTick
  HostBoards& boards;
  // Where a collector may keep what must survive a restart; empty: nowhere, as for one single run.
  const std::string& state_directory;
};

enum class Pace {
  kTick,  // quick: runs in the sampler's thread, on every tick or every `interval`
  kSlow,  // may block or takes long: runs on its own thread every `interval`; nobody waits for it
};

struct CollectorSpec {
  std::string_view name;  // node_exporter's
  bool default_on = false;
  Pace pace = Pace::kTick;
  std::chrono::seconds interval{0};  // 0: every tick
  std::span<const OptionSpec> options;
  std::unique_ptr<Collector> (*make)(const CollectorEnv&, const CollectorOptions&);
};

std::span<const CollectorSpec> AllCollectors();

// Null when there is none of that name.
const CollectorSpec* FindCollector(std::string_view name);

}  // namespace ecsward
