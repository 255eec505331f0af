#include "metrics/block_pool.h"

#include <new>

namespace ecsward {

std::uint32_t BlockPool::Take() {
  ++used_;
  if (free_ != kNoBlock) {
    const std::uint32_t number = free_;
    free_ = At(number)->next;
    return number;
  }
  if (end_ % kSlabBlocks == 0) {
    slabs_.push_back(std::make_unique<std::byte[]>(  // zeros: a slab is whole blocks from the start
        kSlabBlocks * SampleBlock::kSize + SampleBlock::kSlack));
    for (std::uint32_t i = 0; i < kSlabBlocks; ++i) {
      new (slabs_.back().get() + i * SampleBlock::kSize) SampleBlock{};
    }
  }
  return end_++;
}

void BlockPool::GiveBack(std::uint32_t number) {
  SampleBlock& block = *At(number);
  ++block.generation;
  block.next = free_;
  free_ = number;
  --used_;
}

}  // namespace ecsward
