// How samples are packed: a block of fixed size holds some hundred samples of one series.
//
// A block begins with a header that holds its first sample as it is, so that each block can be read
// alone and the oldest can be given away. The other samples follow as bits:
//
//   0                    as far from the sample before as that one was, and no surprise in the
//   value 1 <time> <value>     otherwise
//
//   <time>   how much the step differs from the step before, in ms
//     0                  not at all
//     10   + 3 bits      by -4 … -1 or 1 … 4: a timer's jitter
//     110  + 8 bits      by -128 … 127
//     1110 + 14 bits     by -8192 … 8191
//     1111 + 32 bits     by more; what that cannot say begins a new block
//
// Values come in two ways. Nearly all that a host counts is a whole number of some unit: ticks of
// 1/100 s, microseconds, KiB. Where every value of a block is exactly k units, the k are stored, as
// what they differ from a guess: the k before, or that and the last step of k once more (`steps`):
//
//   0                    the guess is right
//   1 <q ones> 0 <w>     q < 8: (q << width) + w is the difference, less one; w has `width` bits
//   1 11111111 <n> <w>   n (6 bits) is how many bits w has; n = 63: a double as it is (64 bits)
//                        that is no k, such as a stale marker
//
// The sign of a difference is its lowest bit, and `width` follows the size of the differences seen.
// All other values are doubles, and each is stored as its bits XOR those of the value before:
//
//   0                    the same
//   10 <x>               what differs lies where it lay the last time
//   11 <lead> <n> <x>    leading zeros (6 bits), bits - 1 (6 bits), the bits that differ
//
// When a value is no k of the unit, the block is packed anew in the next finer one, or as doubles.
//
// Reading checks what it must not trust, since blocks also come from files: it never reads beyond
// the block and a few bytes, and never more samples than the header says.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

namespace ecsward {

struct Sample {
  std::int64_t time_ms = 0;
  double value = 0;
};

inline constexpr std::uint32_t kNoBlock = std::numeric_limits<std::uint32_t>::max();

// What a block's values are a multiple of. Each unit can say what the ones before it can.
enum class ValueUnit : std::uint8_t {
  k4096,
  k1024,
  k512,
  k1,
  kTenth,  // 1/10, then 1/100 and so on
  kBillionth = kTenth + 8,
  kDouble,  // no unit: bits of doubles
};

struct SampleBlock {
  static constexpr std::size_t kSize = 128;
  static constexpr std::size_t kHeaderSize = 32;
  static constexpr std::uint32_t kBits = 8 * (kSize - kHeaderSize);
  // A reader or writer may touch as many bytes behind the block.
  static constexpr std::size_t kSlack = 32;
  static constexpr std::size_t kMaxSamples = kBits + 1;

  std::int64_t first_time;
  double first_value;
  std::uint32_t next;        // in the pool
  std::uint32_t generation;  // grows when the block is given back
  std::uint16_t count;       // samples, with the first
  std::uint16_t bits;        // used
  std::uint16_t width;       // where `width` begins, in 1/16 bits
  ValueUnit unit;
  std::uint8_t repacked : 7;  // grows when all bits are written anew
  std::uint8_t steps : 1;     // the guess follows the last step
  std::array<unsigned char, kSize - kHeaderSize> payload;
};
static_assert(sizeof(SampleBlock) == SampleBlock::kSize);

// Where a reader or writer stands: behind the sample that was read or written last.
struct BlockPosition {
  std::int64_t time = 0;
  std::uint64_t time_step = 0;  // differences wrap around, all of them
  std::uint64_t value = 0;      // k, or the bits of a double
  std::uint64_t value_step = 0;
  std::uint16_t bit = 0;
  std::uint16_t index = 0;  // of the next sample
  std::uint16_t width = 0;
  std::uint8_t lead = 0;
  std::uint8_t length = 0;  // of the XOR window; 0: none yet
};

namespace packing {

static_assert(std::endian::native == std::endian::little);

inline constexpr std::array<double, 4> kMultiples{4096, 1024, 512, 1};
inline constexpr std::array<double, 10> kPowers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
inline constexpr std::uint32_t kMaxOnes = 8;
inline constexpr std::uint32_t kRawDouble = 63;
inline constexpr std::uint32_t kMaxWidth = 48;

// Whether `value` is k units; never for kDouble.
bool ToUnits(double value, ValueUnit unit, std::uint64_t& k);

inline double FromUnits(std::uint64_t k, ValueUnit unit) {
  const auto whole = static_cast<double>(static_cast<std::int64_t>(k));
  if (unit <= ValueUnit::k1) return whole * kMultiples[static_cast<std::size_t>(unit)];
  return whole / kPowers[static_cast<std::size_t>(unit) - static_cast<std::size_t>(ValueUnit::k1)];
}

// The 57 bits and more from `bit` on, at the upper end.
inline std::uint64_t Peek(const SampleBlock& block, std::uint32_t bit) {
  std::uint64_t word = 0;
  std::memcpy(&word, block.payload.data() + bit / 8, sizeof(word));
  return __builtin_bswap64(word) << (bit % 8);
}

inline std::uint64_t Take(const SampleBlock& block, std::uint32_t& bit, std::uint32_t count) {
  if (count == 0) return 0;
  std::uint64_t high = 0;
  if (count > 32) {  // in two, since one peek need not show more than 57
    high = Peek(block, bit) >> 32;
    bit += 32;
    count -= 32;
  }
  const std::uint64_t low = Peek(block, bit) >> (64 - count);
  bit += count;
  return (high << count) | low;
}

inline std::int64_t Signed(std::uint64_t bits, unsigned count) {
  return static_cast<std::int64_t>(bits << (64 - count)) >> (64 - count);
}

inline std::uint64_t ZigZag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}
inline std::uint64_t UnZigZag(std::uint64_t zigzag) { return (zigzag >> 1) ^ (0 - (zigzag & 1)); }

inline std::uint32_t BitsIn(std::uint64_t n) {
  return static_cast<std::uint32_t>(64 - std::countl_zero(n));
}

// Follows the size of the differences.
inline std::uint16_t NextWidth(std::uint16_t width, std::uint32_t bits_seen) {
  const int wanted = static_cast<int>(bits_seen) * 16 - 12;
  const int next = width + (wanted - width) / 4;
  return static_cast<std::uint16_t>(next < 0 ? 0 : next);
}
inline std::uint32_t WholeWidth(std::uint16_t width) {
  const std::uint32_t whole = width / 16U;
  return whole < kMaxWidth ? whole : kMaxWidth;
}

bool ReadFirst(const SampleBlock& block, BlockPosition& at, Sample& out);
// A double that is no k leaves the guess as it was.
bool ReadUnits(const SampleBlock& block, BlockPosition& at, std::uint32_t& bit, double& out);
bool ReadXor(const SampleBlock& block, BlockPosition& at, std::uint32_t& bit);
std::uint64_t ReadTimeChange(const SampleBlock& block, std::uint32_t& bit);

inline double ValueAt(const SampleBlock& block, const BlockPosition& at) {
  return block.unit == ValueUnit::kDouble ? std::bit_cast<double>(at.value)
                                          : FromUnits(at.value, block.unit);
}

}  // namespace packing

// The next sample. False at the end, and where the block makes no sense.
inline bool ReadSample(const SampleBlock& block, BlockPosition& at, Sample& out) {
  using namespace packing;  // NOLINT(google-build-using-namespace): this function only
  if (at.index >= block.count) return false;
  if (at.index == 0) return ReadFirst(block, at, out);
  std::uint32_t bit = at.bit;
  const std::uint64_t head = Peek(block, bit);
  if (head >> 63 == 0) {
    ++bit;
    if (block.steps != 0) at.value += at.value_step;
    out.value = ValueAt(block, at);
  } else {
    if ((head >> 62) % 2 == 0) {
      bit += 2;
    } else {
      ++bit;
      at.time_step += ReadTimeChange(block, bit);
    }
    if (block.unit == ValueUnit::kDouble) {
      if (!ReadXor(block, at, bit)) return false;
      out.value = std::bit_cast<double>(at.value);
    } else if (!ReadUnits(block, at, bit, out.value)) {
      return false;
    }
  }
  if (bit > block.bits) return false;
  at.time = static_cast<std::int64_t>(static_cast<std::uint64_t>(at.time) + at.time_step);
  at.bit = static_cast<std::uint16_t>(bit);
  ++at.index;
  out.time_ms = at.time;
  return true;
}

// Writes one series, block by block. The block it writes to stays its caller's.
struct BlockWriter {
  enum class Outcome : std::uint8_t {
    kWritten,
    kFull,
    kWrongUnit,  // the value is none of the block's: Repack, or begin another block
  };

  BlockPosition at;
  double last_value = 0;
  // What all differences of the block take with either guess, in bits: for the choice.
  std::uint16_t plain_cost = 0, steps_cost = 0;

  // Makes `block` one that holds this sample only, in the way that suits what came before it. Its
  // `next` and `generation` are not touched.
  void Begin(SampleBlock& block, Sample sample, ValueUnit unit, bool steps);
  Outcome Write(SampleBlock& block, Sample sample);
  // Stands behind the last sample of a block. False when the block makes no sense, or its times do
  // not grow.
  bool Resume(const SampleBlock& block);
};

// The coarsest unit, not coarser than `from`, that can say `value`; kDouble when none can. What is
// no number fits everywhere.
ValueUnit UnitFor(double value, ValueUnit from);

}  // namespace ecsward
