#include "collectors/xfs.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

struct Number {
  std::string_view line;
  Metric metric;
};
constexpr Number At(std::string_view line, std::string_view name, std::string_view help) {
  return {line, {name, help, MetricType::kCounter, "device"}};
}

constexpr Number kNumbers[] = {
    At("extent_alloc", "node_xfs_extent_allocation_extents_allocated_total", "Extents allocated."),
    At("extent_alloc", "node_xfs_extent_allocation_blocks_allocated_total", "Blocks allocated."),
    At("extent_alloc", "node_xfs_extent_allocation_extents_freed_total", "Extents freed."),
    At("extent_alloc", "node_xfs_extent_allocation_blocks_freed_total", "Blocks freed."),
    At("abt", "node_xfs_allocation_btree_lookups_total", "Lookups in the allocation trees."),
    At("abt", "node_xfs_allocation_btree_compares_total", "Compares in the allocation trees."),
    At("abt", "node_xfs_allocation_btree_records_inserted_total",
       "Records put into the allocation trees."),
    At("abt", "node_xfs_allocation_btree_records_deleted_total",
       "Records taken out of the allocation trees."),
    At("blk_map", "node_xfs_block_mapping_reads_total", "Block maps made for reads."),
    At("blk_map", "node_xfs_block_mapping_writes_total", "Block maps made for writes."),
    At("blk_map", "node_xfs_block_mapping_unmaps_total", "Blocks unmapped."),
    At("blk_map", "node_xfs_block_mapping_extent_list_insertions_total",
       "Extents put into extent lists."),
    At("blk_map", "node_xfs_block_mapping_extent_list_deletions_total",
       "Extents taken out of extent lists."),
    At("blk_map", "node_xfs_block_mapping_extent_list_lookups_total", "Lookups in extent lists."),
    At("blk_map", "node_xfs_block_mapping_extent_list_compares_total", "Compares in extent lists."),
    At("bmbt", "node_xfs_block_map_btree_lookups_total", "Lookups in the block-map trees."),
    At("bmbt", "node_xfs_block_map_btree_compares_total", "Compares in the block-map trees."),
    At("bmbt", "node_xfs_block_map_btree_records_inserted_total",
       "Records put into the block-map trees."),
    At("bmbt", "node_xfs_block_map_btree_records_deleted_total",
       "Records taken out of the block-map trees."),
    At("dir", "node_xfs_directory_operation_lookup_total",
       "Names looked up that the kernel's name cache did not have."),
    At("dir", "node_xfs_directory_operation_create_total", "Directory entries made."),
    At("dir", "node_xfs_directory_operation_remove_total", "Directory entries removed."),
    At("dir", "node_xfs_directory_operation_getdents_total", "Reads of directories."),
    At("ig", "node_xfs_inode_operation_attempts_total", "Inodes looked for in the inode cache."),
    At("ig", "node_xfs_inode_operation_found_total", "Inodes found in the inode cache."),
    At("ig", "node_xfs_inode_operation_recycled_total",
       "Inodes found in the inode cache that were about to be thrown out."),
    At("ig", "node_xfs_inode_operation_missed_total", "Inodes not found in the inode cache."),
    At("ig", "node_xfs_inode_operation_duplicates_total",
       "Inodes that somebody else put into the inode cache first."),
    At("ig", "node_xfs_inode_operation_reclaims_total", "Inodes thrown out of the inode cache."),
    At("ig", "node_xfs_inode_operation_attribute_changes_total", "Changes of inodes' attributes."),
    // Writes come first, says xfs_stats.h; node_exporter has the two the wrong way round.
    At("rw", "node_xfs_write_calls_total", "Calls of write(2)."),
    At("rw", "node_xfs_read_calls_total", "Calls of read(2)."),
    At("vnodes", "node_xfs_vnode_active_total", "Vnodes in use."),
    At("vnodes", "node_xfs_vnode_allocate_total", "Vnodes allocated."),
    At("vnodes", "node_xfs_vnode_get_total", "References to vnodes taken by number."),
    At("vnodes", "node_xfs_vnode_hold_total", "References to vnodes taken."),
    At("vnodes", "node_xfs_vnode_release_total", "References to vnodes given back."),
    At("vnodes", "node_xfs_vnode_reclaim_total", "Vnodes reclaimed."),
    At("vnodes", "node_xfs_vnode_remove_total", "Vnodes removed."),
};

static_assert(std::size(kNumbers) == XfsStats::kCount);

constexpr std::chrono::seconds kLookEvery{30};

}  // namespace

Result<void> ParseXfsStats(std::string_view text, XfsStats& out) {
  out.values.fill(0);
  std::string_view line;
  for (std::size_t number = 1; NextLine(text, line); ++number) {
    std::string_view name;
    if (!NextField(line, name)) continue;
    // The numbers of one line stand together in the table, in the file's order.
    std::size_t place = 0;
    while (place < std::size(kNumbers) && kNumbers[place].line != name) ++place;
    std::string_view field;
    for (; place < std::size(kNumbers) && kNumbers[place].line == name; ++place) {
      if (!NextField(line, field)) break;  // fewer on an older kernel
      if (!ParseNumber(field, out.values[place])) {
        return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want numbers");
      }
    }
  }
  return {};
}

Result<void> XfsCollector::Collect(const Tick& tick, Recorder& out) {
  if (!devices_due_ || tick.mono >= *devices_due_) {
    devices_due_ = tick.mono + kLookEvery;
    if (auto found = FindDevices(); !found) return found;
  }
  for (Device& device : devices_) {
    std::string_view text;
    if (device.file.TryRead(buffer_, text) != 0) {  // unmounted
      devices_due_.reset();
      continue;
    }
    XfsStats stats;
    auto parsed = ParseXfsStats(text, stats);
    if (!parsed) return std::move(parsed).error().Context(device.file.path());
    for (std::size_t i = 0; i < XfsStats::kCount; ++i) {
      out.Set(kNumbers[i].metric, {device.name}, stats.values[i]);
    }
  }
  if (devices_.empty()) return Fail(ErrorCode::kNotSupported, "no XFS file system");
  return {};
}

Result<void> XfsCollector::FindDevices() {
  auto names = root_.List(Tree::kSys, "fs/xfs");
  devices_.clear();
  if (!names) return NotOffered(std::move(names).error());
  for (const std::string& name : *names) {
    // "stats" beside the devices is the sum of them all.
    const std::string path = "fs/xfs/" + name + "/stats/stats";
    if (root_.Exists(Tree::kSys, path)) {
      devices_.push_back({name, root_.File(Tree::kSys, path)});
    }
  }
  return {};
}
}  // namespace ecsward
