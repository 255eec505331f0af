#include "collectors/evidence_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

constexpr std::chrono::seconds kPatience{20};

// A host with one CPU whose processes have used so many ticks. Its own sums know nothing of them.
class EvidenceHost : public HostFixture {
 public:
  EvidenceHost() { At(0, 0, 0); }
  // 100 ticks are a second of the one CPU.
  void At(int ticks, int java, int sh) {
    const std::string idle = " 0 0 0 " + std::to_string(ticks);
    Write("proc/stat", "cpu " + idle + "\ncpu0 " + idle + "\n");
    Process(1, "init", 0);
    Process(30, "java", java);
    Process(40, "sh", sh);
  }
  void Process(int pid, const std::string& name, int ticks) {
    const std::string folder = "proc/" + std::to_string(pid);
    Write(folder + "/stat", std::to_string(pid) + " (" + name + ") S 1 7 7 0 -1 4194304 1 2 3 4 " +
                                std::to_string(ticks) + " 0 7 8 20 0 3 0 9000 123456 256 1\n");
    Write(folder + "/io", "read_bytes: " + std::to_string(ticks * 40) +
                              "\nwrite_bytes: " + std::to_string(ticks * 60) + "\n");
  }
};

Evidence AskAndWait(EvidenceSource& source, EvidenceKind kind) {
  std::promise<Evidence> answer;
  source.Ask({kind}, [&](Evidence evidence) { answer.set_value(std::move(evidence)); });
  auto future = answer.get_future();
  if (future.wait_for(kPatience) != std::future_status::ready) {
    ADD_FAILURE() << "no answer";
    std::abort();  // the answer must not come when the promise is gone
  }
  return future.get();
}

TEST(EvidenceThread, ReadsTwiceWhenNobodyExpectedTheQuestion) {
  EvidenceHost host;
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    EXPECT_EQ(time, std::chrono::seconds(1));
    host.At(100, 70, 20);
    host.clock.Advance(time);
  };
  EvidenceThread source(host.Env().root, host.clock, options);
  const Evidence evidence = AskAndWait(source, EvidenceKind::kCpu);
  EXPECT_EQ(Summary(evidence), "java 70 %, sh 20 %");
  EXPECT_EQ(evidence.time_ms, 1'700'000'001'000);
  EXPECT_EQ(evidence.offenders[0].pid, 30);
}

TEST(EvidenceThread, ComparesWithTheExpectedReading) {
  EvidenceHost host;
  EvidenceOptions options;
  options.pause = [](std::chrono::nanoseconds) { ADD_FAILURE() << "need not wait"; };
  EvidenceThread source(host.Env().root, host.clock, options);
  source.Expect(EvidenceKind::kCpu);
  // First readings come first, so it has been taken when this answer is here.
  (void)AskAndWait(source, EvidenceKind::kMemory);
  host.At(1000, 900, 0);
  host.clock.Advance(std::chrono::seconds(10));
  EXPECT_EQ(Summary(AskAndWait(source, EvidenceKind::kCpu)), "java 90 %");
  // The last reading serves the next question.
  host.At(2000, 900, 500);
  host.clock.Advance(std::chrono::seconds(10));
  EXPECT_EQ(Summary(AskAndWait(source, EvidenceKind::kCpu)), "sh 50 %");
}

TEST(EvidenceThread, TakesNoReadingThatIsTooOld) {
  EvidenceHost host;
  std::atomic<int> pauses = 0;
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    ++pauses;
    host.At(100 + 10'000 * pauses, 50, 0);
    host.clock.Advance(time);
  };
  EvidenceThread source(host.Env().root, host.clock, options);
  (void)AskAndWait(source, EvidenceKind::kCpu);
  host.clock.Advance(std::chrono::seconds(61));
  (void)AskAndWait(source, EvidenceKind::kCpu);
  EXPECT_EQ(pauses, 2);
}

TEST(EvidenceThread, TakesThePortsCollectorsWordForWhoListens) {
  EvidenceHost host;
  host.Write("proc/net/tcp",
             "heads\n 0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 815 1\n"
             " 1: 00000000:0016 00000000:0001 01 0:0 0:0 0 0 0 816 1\n");
  auto picture = std::make_shared<PortPicture>();
  picture->listeners.resize(1);
  picture->listeners[0].proto = "tcp";
  picture->listeners[0].port = 22;
  picture->listeners[0].process = "sshd";
  picture->listeners[0].pid = 7;
  host.boards->ports.Publish(picture);
  EvidenceThread source(host.Env().root, host.clock, {}, host.boards);
  const Evidence evidence = AskAndWait(source, EvidenceKind::kPort);
  EXPECT_EQ(Summary(evidence), "sshd :22 100 %");
  EXPECT_EQ(evidence.offenders[0].pid, 7);
}

TEST(EvidenceThread, AnswersEveryKind) {
  EvidenceHost host;
  host.Write("proc/meminfo", "MemTotal: 4096 kB\nShmem: 0 kB\n");
  host.Write("proc/diskstats", "8 0 vda 1 0 8 0 0 0 0 0 0 0 0\n");
  const std::string heads = "Inter-| Receive\n face |bytes\n";
  const std::string zeros = " 0 0 0 0 0 0 0 ";
  host.Write("proc/net/dev",
             heads + "  lo: 5" + zeros + "5" + zeros + "\n  eth0: 5" + zeros + "5" + zeros + "\n");
  host.Write("sys/class/net/eth0/device/vendor", "0x1af4\n");
  host.Write("proc/net/tcp",
             "heads\n 0: 00000000:0016 00000000:0000 0A 0:0 0:0 0 0 0 815 1\n"
             " 1: 00000000:0016 00000000:0001 01 0:0 0:0 0 0 0 816 1\n");
  host.Write("proc/40/fd/empty", "");
  host.Link("proc/40/fd/3", "socket:[815]");
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    host.At(100, 30, 10);
    host.Write("proc/net/dev", heads + "  lo: 5000" + zeros + "5" + zeros + "\n  eth0: 505" +
                                   zeros + "505" + zeros + "\n");
    host.clock.Advance(time);
  };
  EvidenceThread source(host.Env().root, host.clock, options);
  const Evidence disk = AskAndWait(source, EvidenceKind::kDisk);
  EXPECT_EQ(Summary(disk), "java 75 %, sh 25 %");
  EXPECT_EQ(disk.offenders.at(0).amount, 3000);  // bytes in a second, read and written
  EXPECT_EQ(Summary(AskAndWait(source, EvidenceKind::kMemory)), "init 25 %, java 25 %, sh 25 %");
  EXPECT_EQ(Summary(AskAndWait(source, EvidenceKind::kPort)), "sh :22 100 %");
  host.Write("proc/net/dev", heads + "  eth0: 5" + zeros + "5" + zeros + "\n");
  const Evidence network = AskAndWait(source, EvidenceKind::kNetwork);
  ASSERT_EQ(network.offenders.size(), 1u);
  EXPECT_EQ(network.offenders[0].name, "eth0");
  EXPECT_DOUBLE_EQ(network.offenders[0].amount, 1000);
}

TEST(EvidenceThread, TellsWhatItCouldNotRead) {
  HostFixture host;
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) { host.clock.Advance(time); };
  EvidenceThread source(host.Env().root, host.clock, options);
  const Evidence evidence = AskAndWait(source, EvidenceKind::kCpu);
  EXPECT_TRUE(evidence.offenders.empty());
  EXPECT_NE(evidence.note.find("proc/stat: No such file"), std::string::npos) << evidence.note;
}

TEST(EvidenceThread, StopsInTheMiddleOfItsWait) {
  EvidenceHost host;
  EvidenceOptions options;
  options.gap = std::chrono::hours(1);  // real time
  std::atomic<bool> answered = false;
  {
    EvidenceThread source(host.Env().root, host.clock, options);
    (void)AskAndWait(source, EvidenceKind::kMemory);
    source.Ask({EvidenceKind::kCpu}, [&](const Evidence&) { answered = true; });
  }
  EXPECT_FALSE(answered);
}

TEST(EvidenceThread, LeavesAThreadBehindThatTheHostMakesWait) {
  EvidenceHost host;
  std::promise<void> stuck;
  auto release = std::make_shared<std::promise<void>>();
  EvidenceOptions options;
  options.pause = [&stuck, released = release->get_future().share()](std::chrono::nanoseconds) {
    stuck.set_value();
    released.wait();
  };
  std::atomic<bool> answered = false;
  {
    EvidenceThread source(host.Env().root, host.clock, options);
    source.Ask({EvidenceKind::kCpu}, [&](const Evidence&) { answered = true; });
    ASSERT_EQ(stuck.get_future().wait_for(kPatience), std::future_status::ready);
  }
  release->set_value();
  EXPECT_FALSE(answered);
}

TEST(EvidenceThread, GivesQuestionsOfOneKindOneAnswer) {
  EvidenceHost host;
  std::atomic<int> pauses = 0;
  std::promise<void> begun;
  std::promise<void> go;
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    if (++pauses == 1) {
      begun.set_value();
      go.get_future().wait();
    }
    host.At(100 * pauses, 50 * pauses, 0);
    host.clock.Advance(time);
  };
  EvidenceThread source(host.Env().root, host.clock, options);
  std::atomic<int> answers = 0;
  source.Ask({EvidenceKind::kCpu}, [&](const Evidence&) { ++answers; });
  begun.get_future().wait();
  for (int i = 0; i < 99; ++i) {
    source.Ask({EvidenceKind::kCpu}, [&](const Evidence&) { ++answers; });
  }
  go.set_value();
  EXPECT_EQ(Summary(AskAndWait(source, EvidenceKind::kCpu)), "java 50 %");
  EXPECT_EQ(answers, 100);
  EXPECT_LE(pauses, 3);
}

// A question about the last ten seconds.
Evidence AskSince(EvidenceSource& source, EvidenceKind kind, std::int64_t since_ms) {
  std::promise<Evidence> answer;
  source.Ask({kind, since_ms}, [&](Evidence evidence) { answer.set_value(std::move(evidence)); });
  auto future = answer.get_future();
  if (future.wait_for(kPatience) != std::future_status::ready) {
    ADD_FAILURE() << "no answer";
    std::abort();
  }
  return future.get();
}

constexpr std::int64_t kNowMs = 1'700'000'000'000;  // FakeClock's

void Remember(OffenderRing& ring, double total, const Offender& offender) {
  for (std::int64_t ago = 30; ago >= 0; --ago) {
    ring.Add({kNowMs - ago * 1000, total}, std::span(&offender, 1));
  }
}

TEST(EvidenceThread, AnswersFromTheRingWithoutReading) {
  EvidenceHost host;
  EvidenceOptions options;
  options.pause = [](std::chrono::nanoseconds) { ADD_FAILURE() << "need not read"; };
  Remember(host.boards->cpu, 2, {"php-fpm", 7, 0, 1.5});
  EvidenceThread source(host.Env().root, host.clock, options, host.boards);
  source.Expect(EvidenceKind::kCpu);  // nothing to do
  const Evidence evidence = AskSince(source, EvidenceKind::kCpu, kNowMs - 10'000);
  EXPECT_EQ(Summary(evidence), "php-fpm 75 %");
  EXPECT_EQ(evidence.unit, "cores");
  EXPECT_EQ(evidence.time_ms, kNowMs);
  EXPECT_EQ(evidence.offenders[0].pid, 7);
  EXPECT_EQ(evidence.periods.size(), 3u);
}

TEST(EvidenceThread, ReadsWhereTheRingKnowsTooLittle) {
  EvidenceHost host;
  std::atomic<int> pauses = 0;
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    ++pauses;
    host.At(100, 70, 20);
    host.clock.Advance(time);
  };
  const Offender offender{"php-fpm", 7, 0, 1.5};
  // The collector stopped a minute ago.
  for (std::int64_t ago = 120; ago >= 60; --ago) {
    host.boards->cpu.Add({kNowMs - ago * 1000, 2}, std::span(&offender, 1));
  }
  EvidenceThread source(host.Env().root, host.clock, options, host.boards);
  const Evidence evidence = AskSince(source, EvidenceKind::kCpu, kNowMs - 100'000);
  EXPECT_EQ(pauses, 1);
  EXPECT_EQ(evidence.offenders[0].name, "java");
  EXPECT_EQ(evidence.periods.size(), 3u);  // what was is still told
}

TEST(EvidenceThread, ReadsWhenNobodyIsKnownToUseTheDisk) {
  EvidenceHost host;
  host.Write("proc/diskstats", "8 0 vda 1 0 8 0 0 0 0 0 0 0 0\n");
  EvidenceOptions options;
  options.pause = [&](std::chrono::nanoseconds time) {
    host.At(100, 30, 10);
    host.clock.Advance(time);
  };
  Remember(host.boards->disk, 1e8, {"sh", 7, 0, 1e6});
  EvidenceThread source(host.Env().root, host.clock, options, host.boards);
  const Evidence evidence = AskSince(source, EvidenceKind::kDisk, kNowMs - 10'000);
  EXPECT_EQ(evidence.offenders[0].name, "java");
}

TEST(EvidenceThread, RunsNothingWhenNobodyAsks) {
  EvidenceHost host;
  const EvidenceThread source(host.Env().root, host.clock);
}

}  // namespace
}  // namespace ecsward
