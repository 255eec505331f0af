#include "metrics/sample_block.h"

#include <algorithm>
#include <cmath>

namespace ecsward {

using packing::BitsIn;

namespace packing {

constexpr double kMaxWhole = 9007199254740992.0;  // 2^53: all doubles below are exact

bool ToUnits(double value, ValueUnit unit, std::uint64_t& k) {
  if (unit == ValueUnit::kDouble) return false;
  double whole = 0;
  if (unit <= ValueUnit::k1) {
    whole = value / kMultiples[static_cast<std::size_t>(unit)];  // a power of two: exact
  } else {
    whole =
        value * kPowers[static_cast<std::size_t>(unit) - static_cast<std::size_t>(ValueUnit::k1)];
  }
  if (!(std::fabs(whole) < kMaxWhole)) return false;  // nor NaN
  k = static_cast<std::uint64_t>(std::llrint(whole));
  // By bits: -0 and what was rounded are none.
  return std::bit_cast<std::uint64_t>(FromUnits(k, unit)) == std::bit_cast<std::uint64_t>(value);
}

bool ReadFirst(const SampleBlock& block, BlockPosition& at, Sample& out) {
  at = {};
  at.time = block.first_time;
  at.width = block.width;
  at.index = 1;
  if (block.unit == ValueUnit::kDouble) {
    at.value = std::bit_cast<std::uint64_t>(block.first_value);
  } else if (!ToUnits(block.first_value, block.unit, at.value)) {
    at.value = 0;
  }
  out = {block.first_time, block.first_value};
  return true;
}

std::uint64_t ReadTimeChange(const SampleBlock& block, std::uint32_t& bit) {
  const std::uint64_t head = Peek(block, bit);
  if (head >> 62 == 0b10) {
    bit += 5;
    const auto n = static_cast<std::int64_t>((head >> 59) % 8);
    return static_cast<std::uint64_t>(n < 4 ? n - 4 : n - 3);
  }
  std::uint32_t prefix = 4, size = 32;
  if (head >> 61 == 0b110) {
    prefix = 3, size = 8;
  } else if (head >> 60 == 0b1110) {
    prefix = 4, size = 14;
  }
  bit += prefix;
  return static_cast<std::uint64_t>(Signed(Take(block, bit, size), size));
}

bool ReadUnits(const SampleBlock& block, BlockPosition& at, std::uint32_t& bit, double& out) {
  const std::uint64_t head = Peek(block, bit);
  const std::uint64_t guess = block.steps != 0 ? at.value_step : 0;
  std::uint64_t step = guess;
  if (head >> 63 == 0) {
    ++bit;
  } else {
    const auto ones = static_cast<std::uint32_t>(std::countl_one(head << 1));
    std::uint64_t rest = 0;
    if (ones < kMaxOnes) {
      const std::uint32_t width = WholeWidth(at.width);
      bit += ones + 2;
      rest = (std::uint64_t{ones} << width) + Take(block, bit, width);
    } else {
      bit += 1 + kMaxOnes;
      const auto size = static_cast<std::uint32_t>(Take(block, bit, 6));
      if (size == kRawDouble) {
        out = std::bit_cast<double>(Take(block, bit, 64));
        return true;
      }
      rest = Take(block, bit, size);
    }
    at.width = NextWidth(at.width, BitsIn(rest));
    step += UnZigZag(rest + 1);
  }
  at.value += step;
  at.value_step = step;
  out = FromUnits(at.value, block.unit);
  return true;
}

bool ReadXor(const SampleBlock& block, BlockPosition& at, std::uint32_t& bit) {
  const std::uint64_t head = Peek(block, bit);
  if (head >> 63 == 0) {
    ++bit;
    return true;
  }
  bit += 2;
  if (head >> 62 == 0b11) {
    at.lead = static_cast<std::uint8_t>(Take(block, bit, 6));
    at.length = static_cast<std::uint8_t>(Take(block, bit, 6) + 1);
  }
  if (at.length == 0 || at.lead + at.length > 64) return false;
  at.value ^= Take(block, bit, at.length) << (64 - at.lead - at.length);
  return true;
}

}  // namespace packing

namespace {

using namespace packing;  // NOLINT(google-build-using-namespace): the same room's

// Up to some 150 bits, gathered before it is known whether they fit.
struct Bits {
  struct Piece {
    std::uint64_t bits;
    std::uint32_t count;
  };
  std::array<Piece, 8> pieces;
  std::uint32_t used = 0, total = 0;

  void Put(std::uint64_t bits, std::uint32_t count) {
    total += count;
    if (count > 32) {  // in two, since one write need not take more than 57
      pieces[used++] = {bits >> 32, count - 32};
      bits &= 0xffffffff;
      count = 32;
    }
    pieces[used++] = {bits, count};
  }

  void WriteTo(SampleBlock& block, std::uint32_t bit) const {
    for (std::uint32_t i = 0; i < used; ++i) {
      const auto [bits, count] = pieces[i];
      if (count == 0) continue;
      unsigned char* const place = block.payload.data() + bit / 8;
      std::uint64_t word = 0;
      std::memcpy(&word, place, sizeof(word));
      // Beyond what is written may lie another block's header: its bits stay.
      const std::uint64_t shifted = bits << (64 - count - bit % 8);
      const std::uint64_t mask = (~std::uint64_t{0} >> (64 - count)) << (64 - count - bit % 8);
      word = __builtin_bswap64((__builtin_bswap64(word) & ~mask) | shifted);
      std::memcpy(place, &word, sizeof(word));
      bit += count;
    }
  }
};

// False when no code can say it.
bool PutTimeChange(Bits& bits, std::uint64_t difference) {
  const auto change = static_cast<std::int64_t>(difference);
  const auto fits = [change](int size) {
    return change >= -(std::int64_t{1} << (size - 1)) && change < std::int64_t{1} << (size - 1);
  };
  const auto put = [&](std::uint64_t prefix, std::uint32_t prefix_size, std::uint32_t size) {
    const std::uint64_t mask = (std::uint64_t{1} << size) - 1;
    bits.Put(prefix << size | (difference & mask), prefix_size + size);
  };
  if (change == 0) {
    bits.Put(0, 1);
  } else if (change >= -4 && change <= 4) {
    bits.Put(0b10 << 3 | static_cast<std::uint64_t>(change < 0 ? change + 4 : change + 3), 5);
  } else if (fits(8)) {
    put(0b110, 3, 8);
  } else if (fits(14)) {
    put(0b1110, 4, 14);
  } else if (fits(32)) {
    put(0b1111, 4, 32);
  } else {
    return false;
  }
  return true;
}

void PutXor(Bits& bits, BlockPosition& at, std::uint64_t x) {
  if (x == 0) {
    bits.Put(0, 1);
    return;
  }
  const auto lead = static_cast<std::uint32_t>(std::countl_zero(x));
  const auto trail = static_cast<std::uint32_t>(std::countr_zero(x));
  const std::uint32_t length = 64 - lead - trail;
  const bool inside = at.length != 0 && lead >= at.lead && trail >= 64U - at.lead - at.length &&
                      at.length <= length + 12;
  if (inside) {
    bits.Put(0b10, 2);
  } else {
    at.lead = static_cast<std::uint8_t>(lead);
    at.length = static_cast<std::uint8_t>(length);
    bits.Put(std::uint64_t{0b11} << 12 | std::uint64_t{lead} << 6 | (length - 1), 14);
  }
  bits.Put(x >> (64U - at.lead - at.length), at.length);
}

void PutRawDouble(Bits& bits, double value) {
  bits.Put(std::uint64_t{0x1ff} << 6 | kRawDouble, 15);
  bits.Put(std::bit_cast<std::uint64_t>(value), 64);
}

// False when no code can say it, which takes a block that was written by somebody else.
bool PutDifference(Bits& bits, BlockPosition& at, std::uint64_t zigzag) {
  if (zigzag == 0) {
    bits.Put(0, 1);
    return true;
  }
  const std::uint64_t rest = zigzag - 1;
  const std::uint32_t width = WholeWidth(at.width);
  const std::uint64_t ones = rest >> width;
  if (ones < kMaxOnes) {
    bits.Put(((std::uint64_t{1} << (ones + 1)) - 1) << 1, static_cast<std::uint32_t>(ones) + 2);
    bits.Put(rest & ((std::uint64_t{1} << width) - 1), width);
  } else {
    if (BitsIn(rest) >= kRawDouble) return false;
    bits.Put(std::uint64_t{0x1ff} << 6 | BitsIn(rest), 15);
    bits.Put(rest, BitsIn(rest));
  }
  at.width = NextWidth(at.width, BitsIn(rest));
  return true;
}

bool IsOrdinary(double value) {
  return std::isfinite(value) && std::bit_cast<std::uint64_t>(value) != std::uint64_t{1} << 63;
}

std::uint16_t Sum(std::uint16_t a, std::uint32_t b) {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(a + b, 0xffff));
}

}  // namespace

ValueUnit UnitFor(double value, ValueUnit from) {
  if (!IsOrdinary(value)) return from;
  std::uint64_t k = 0;
  for (auto unit = from; unit < ValueUnit::kDouble;
       unit = static_cast<ValueUnit>(static_cast<int>(unit) + 1)) {
    if (ToUnits(value, unit, k)) return unit;
  }
  return ValueUnit::kDouble;
}

void BlockWriter::Begin(SampleBlock& block, Sample sample, ValueUnit unit, bool steps) {
  block.first_time = sample.time_ms;
  block.first_value = sample.value;
  block.count = 1;
  block.bits = 0;
  block.width = at.width;
  block.unit = unit;
  block.repacked = 0;
  block.steps = steps && unit != ValueUnit::kDouble;
  Sample ignored;
  packing::ReadFirst(block, at = {}, ignored);
  last_value = sample.value;
  plain_cost = steps_cost = 0;
}

BlockWriter::Outcome BlockWriter::Write(SampleBlock& block, Sample sample) {
  BlockPosition next = at;
  next.time = sample.time_ms;
  next.time_step = static_cast<std::uint64_t>(sample.time_ms) - static_cast<std::uint64_t>(at.time);
  const std::uint64_t time_change = next.time_step - at.time_step;
  const std::uint64_t value_bits = std::bit_cast<std::uint64_t>(sample.value);

  Bits bits;
  std::uint32_t plain = 0, steps = 0;
  if (block.unit == ValueUnit::kDouble) {
    const std::uint64_t x = value_bits ^ at.value;
    if (x == 0 && time_change == 0) {
      bits.Put(0, 1);
    } else {
      bits.Put(1, 1);
      if (!PutTimeChange(bits, time_change)) return Outcome::kFull;
      PutXor(bits, next, x);
      next.value = value_bits;
    }
  } else if (IsOrdinary(sample.value)) {
    // Most values are the one before: the k needs no division then.
    const bool same =
        value_bits == std::bit_cast<std::uint64_t>(last_value) && IsOrdinary(last_value);
    if (!same && !packing::ToUnits(sample.value, block.unit, next.value))
      return Outcome::kWrongUnit;
    const std::uint64_t step = next.value - at.value;
    const std::uint64_t plain_difference = ZigZag(step);
    const std::uint64_t steps_difference = ZigZag(step - at.value_step);
    plain = BitsIn(plain_difference);
    steps = BitsIn(steps_difference);
    const std::uint64_t difference = block.steps != 0 ? steps_difference : plain_difference;
    if (difference == 0 && time_change == 0) {
      bits.Put(0, 1);
    } else {
      bits.Put(1, 1);
      if (!PutTimeChange(bits, time_change)) return Outcome::kFull;
      if (!PutDifference(bits, next, difference)) return Outcome::kFull;
    }
    next.value_step = step;
  } else {
    bits.Put(1, 1);
    if (!PutTimeChange(bits, time_change)) return Outcome::kFull;
    PutRawDouble(bits, sample.value);
  }

  if (at.bit + bits.total > SampleBlock::kBits) return Outcome::kFull;
  bits.WriteTo(block, at.bit);
  next.bit = static_cast<std::uint16_t>(at.bit + bits.total);
  ++next.index;
  at = next;
  last_value = sample.value;
  plain_cost = Sum(plain_cost, plain);
  steps_cost = Sum(steps_cost, steps);
  block.bits = next.bit;
  ++block.count;
  return Outcome::kWritten;
}

bool BlockWriter::Resume(const SampleBlock& block) {
  if (block.count == 0 || block.bits > SampleBlock::kBits || block.unit > ValueUnit::kDouble) {
    return false;
  }
  at = {};
  plain_cost = steps_cost = 0;
  Sample sample;
  for (std::uint32_t i = 0; i < block.count; ++i) {
    const std::int64_t before = at.time;
    if (!ReadSample(block, at, sample) || (i > 0 && sample.time_ms <= before)) return false;
  }
  last_value = sample.value;
  return at.bit == block.bits;
}

}  // namespace ecsward
