#include "metrics/sample_block.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "metrics/history.h"
#include "metrics/series_set.h"

namespace ecsward {
namespace {

using Doubles = std::vector<double>;
using Limits = std::numeric_limits<double>;

class Packed {
 public:
  explicit Packed(const Doubles& values, int jitter_ms = 0) {
    std::mt19937 random(7);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::int64_t time = 1'700'000'000'000 + static_cast<std::int64_t>(i) * 1000;
      if (jitter_ms > 0) time += static_cast<int>(random() % static_cast<unsigned>(jitter_ms));
      samples_.push_back({time, values[i]});
      EXPECT_TRUE(history_.Append(id_, samples_.back()));
    }
  }
  // Bit for bit.
  void ExpectSame() const {
    auto cursor = history_.From(id_, 0);
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      Sample s;
      ASSERT_TRUE(cursor.Next(s)) << i;
      ASSERT_EQ(s.time_ms, samples_[i].time_ms) << i;
      ASSERT_EQ(std::bit_cast<std::uint64_t>(s.value),
                std::bit_cast<std::uint64_t>(samples_[i].value))
          << i << ": " << s.value << ", was " << samples_[i].value;
    }
    Sample s;
    EXPECT_FALSE(cursor.Next(s));
  }
  double BytesPerSample() const {
    return static_cast<double>(history_.bytes()) / static_cast<double>(samples_.size());
  }

 private:
  LabelTable table_;
  History history_{table_};
  History::Id id_ = history_.Open({});
  std::vector<Sample> samples_;
};

TEST(SampleBlock, KeepsEveryBitOfOddValues) {
  const Doubles odd{0.0,
                    -0.0,
                    1.0,
                    Limits::infinity(),
                    -Limits::infinity(),
                    Limits::quiet_NaN(),
                    StaleValue(),
                    std::bit_cast<double>(0x7ff8dead'beefcafeULL),
                    std::bit_cast<double>(0xfff0000000000001ULL),
                    Limits::denorm_min(),
                    -Limits::denorm_min(),
                    Limits::min(),
                    Limits::max(),
                    Limits::lowest(),
                    9007199254740991.0,
                    9007199254740992.0,
                    9007199254740993.0,
                    -9007199254740992.0,
                    0.1,
                    0.3,
                    1e-9,
                    1e22,
                    1.5,
                    1.0 / 3,
                    std::ldexp(1.0, 63),
                    -std::ldexp(1.0, 63),
                    4096.0};
  for (const double a : odd) {
    for (const double b : odd) Packed({a, b, a, b, b}).ExpectSame();
  }
  Doubles all;
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) all.push_back(odd[random() % odd.size()]);
  Packed(all).ExpectSame();
}

TEST(SampleBlock, KeepsAnyBits) {
  std::mt19937_64 random(5);
  Doubles values;
  for (int i = 0; i < 5000; ++i) values.push_back(std::bit_cast<double>(random()));
  Packed(values, 900).ExpectSame();
}

TEST(SampleBlock, KeepsNumbersOfEverySize) {
  std::mt19937_64 random(11);
  for (int bits = 1; bits <= 53; ++bits) {
    for (const double unit : {4096.0, 1.0, 10.0, 1e3, 1e6, 1e9}) {
      Doubles values;
      for (int i = 0; i < 300; ++i) {
        const auto whole = static_cast<double>(random() >> (64 - bits));
        values.push_back((i % 5 == 0 ? -whole : whole) / unit);
        if (unit == 4096.0) values.back() = whole * unit;
      }
      Packed(values, 1 + bits).ExpectSame();
    }
  }
}

TEST(SampleBlock, KeepsTimesOfEveryStep) {
  std::mt19937_64 random(13);
  LabelTable table;
  History history(table);
  const auto id = history.Open({});
  std::vector<std::int64_t> times{-5};
  for (int i = 0; i < 3000; ++i) {
    times.push_back(times.back() + 1 + static_cast<std::int64_t>(random() >> (20 + random() % 44)));
  }
  for (const auto time : times) ASSERT_TRUE(history.Append(id, {time, 1}));
  auto cursor = history.From(id, -5);
  for (const auto time : times) {
    Sample s;
    ASSERT_TRUE(cursor.Next(s));
    ASSERT_EQ(s.time_ms, time);
  }
}

TEST(SampleBlock, ASteadySeriesTakesABitASample) {
  const Packed constant(Doubles(7000, 42.5));
  constant.ExpectSame();
  EXPECT_LT(constant.BytesPerSample(), 0.2);
  Doubles clock;
  for (int i = 0; i < 7000; ++i) clock.push_back(1'700'000'000 + i);
  const Packed counting(clock);
  counting.ExpectSame();
  EXPECT_LT(counting.BytesPerSample(), 0.2);
}

TEST(SampleBlock, CountersTakeAboutAByte) {
  std::mt19937 random(17);
  std::uint64_t ticks = 123'456'789;
  Doubles cpu;
  for (int i = 0; i < 5000; ++i) {
    ticks += 96 + random() % 6;
    cpu.push_back(static_cast<double>(ticks) / 100);
  }
  const Packed packed(cpu);
  packed.ExpectSame();
  EXPECT_LT(packed.BytesPerSample(), 1.2);
}

TEST(SampleBlock, TheFirstOddValueCostsNoBlock) {
  Doubles values(100, 3);
  values.push_back(0.01);
  values.push_back(1.0 / 3);
  values.resize(200, 7);
  const Packed packed(values);
  packed.ExpectSame();
  EXPECT_EQ(packed.BytesPerSample() * 200, SampleBlock::kSize);
}

TEST(SampleBlock, ABlockThatMakesNoSenseIsRead) {
  std::mt19937 random(23);
  struct {
    SampleBlock block;
    std::array<unsigned char, SampleBlock::kSlack> slack;
  } b{};
  for (int round = 0; round < 20'000; ++round) {
    auto* bytes = reinterpret_cast<unsigned char*>(&b.block);
    for (std::size_t i = 0; i < SampleBlock::kSize; ++i) {
      bytes[i] = static_cast<unsigned char>(round % 3 == 0 ? random() | random() : random());
    }
    b.block.unit = static_cast<ValueUnit>(random() % 14);
    b.block.bits = static_cast<std::uint16_t>(random() % (SampleBlock::kBits + 1));
    BlockPosition at;
    Sample s;
    std::size_t read = 0;
    while (ReadSample(b.block, at, s)) ++read;
    EXPECT_LE(read, SampleBlock::kMaxSamples);
    BlockWriter writer;
    (void)writer.Resume(b.block);
  }
}

}  // namespace
}  // namespace ecsward
