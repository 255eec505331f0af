#include "collectors/timex.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr unsigned kNano = 0x2000;

void ExpectLine(const std::string& text, const std::string& line) {
  EXPECT_NE(text.find(line + "\n"), std::string::npos) << line << "\nis not in\n" << text;
}

TEST(TimexCollector, OffsetAndJitterAreNanosecondsWhenTheKernelSaysSo) {
  HostFixture host;
  host.kernel.discipline = ClockDiscipline{
      .state = 0, .status = kNano | 1, .offset = -250'000'000, .freq = 65536, .jitter = 1000};
  const auto text = *host.RunOnce("timex");
  ExpectLine(text, "node_timex_offset_seconds -0.25");
  ExpectLine(text, "node_timex_pps_jitter_seconds 1e-06");
  ExpectLine(text, "node_timex_frequency_adjustment_ratio 1.000001");
  ExpectLine(text, "node_timex_status 8193");
  ExpectLine(text, "node_timex_sync_status 1");
}

TEST(TimexCollector, OffsetIsMicrosecondsOtherwise) {
  HostFixture host;
  host.kernel.discipline =
      ClockDiscipline{.state = 5, .offset = 250, .maxerror = 16'000'000, .tick = 10'000, .tai = 37};
  const auto text = *host.RunOnce("timex");
  ExpectLine(text, "node_timex_offset_seconds 0.00025");
  ExpectLine(text, "node_timex_maxerror_seconds 16");
  ExpectLine(text, "node_timex_tick_seconds 0.01");
  ExpectLine(text, "node_timex_tai_offset_seconds 37");
  ExpectLine(text, "node_timex_sync_status 0");
}

TEST(TimexCollector, CountsOffsetsThatCannotBe) {
  HostFixture host;
  const auto collector = host.Make("timex");
  SeriesSet set;
  host.kernel.discipline = ClockDiscipline{.status = kNano, .offset = 4'294'967'296};
  ASSERT_TRUE(host.Run(*collector, set));
  host.kernel.discipline->offset = 5;
  ExpectLine(*host.Run(*collector, set), "node_timex_offset_overflow_total 1");
}

TEST(TimexCollector, IsSilentWhereTheCallIsRefused) {
  HostFixture host;  // its kernel refuses until told otherwise
  const auto run = host.RunOnce("timex");
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::kNotSupported);
}

}  // namespace
}  // namespace ecsward
