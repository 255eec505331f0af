// Blocks of samples, handed out by number and taken back. Memory grows by slabs and is not
// returned: what a host needed once, it needs again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "metrics/sample_block.h"

namespace ecsward {

class BlockPool {
 public:
  // A block with any contents but its generation, which no block of this number had before.
  std::uint32_t Take();
  void GiveBack(std::uint32_t number);

  SampleBlock& operator[](std::uint32_t number) { return *At(number); }
  const SampleBlock& operator[](std::uint32_t number) const { return *At(number); }
  std::size_t used() const { return used_; }

 private:
  static constexpr std::uint32_t kSlabBlocks = 512;
  SampleBlock* At(std::uint32_t number) const {
    std::byte* const slab = slabs_[number / kSlabBlocks].get();
    return reinterpret_cast<SampleBlock*>(slab) + number % kSlabBlocks;
  }

  std::vector<std::unique_ptr<std::byte[]>> slabs_;  // with SampleBlock::kSlack behind the last
  std::uint32_t end_ = 0;                            // all below were handed out at some time
  std::uint32_t free_ = kNoBlock;
  std::size_t used_ = 0;
};

}  // namespace ecsward
