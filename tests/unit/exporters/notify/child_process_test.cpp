#include "exporters/notify/channels/child_process.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

ChildCommand Shell(std::string script) {
  ChildCommand command;
  command.argv = {"/bin/sh", "-c", std::move(script)};
  command.environment = {"PATH=/usr/bin:/bin"};
  return command;
}

bool IsAlive(pid_t pid) { return ::kill(pid, 0) == 0; }

TEST(RunChild, GivesInputAndTakesOutputAndExitCode) {
  ChildCommand command = Shell("cat; echo problem >&2; exit 7");
  command.input = "{\"a\":1}\n";
  const auto end = RunChild(command);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->exit_code, 7);
  EXPECT_EQ(end->signal, 0);
  EXPECT_FALSE(end->timed_out);
  EXPECT_EQ(end->output, "{\"a\":1}\nproblem\n");
}

TEST(RunChild, AsksNoShell) {
  ChildCommand command;
  command.argv = {"/bin/echo", "$HOME; id", "`id`"};
  EXPECT_EQ(RunChild(command)->output, "$HOME; id `id`\n");
}

TEST(RunChild, PassesNoEnvironmentButWhatIsSaid) {
  ::setenv("ECSWARD_TEST_SECRET", "hunter2", 1);
  ChildCommand command;
  command.argv = {"/usr/bin/env"};
  command.environment = {"LANG=C.UTF-8", "A=b"};
  EXPECT_EQ(RunChild(command)->output, "LANG=C.UTF-8\nA=b\n");
}

TEST(RunChild, PassesNoDescriptorButTheThree) {
  const std::ifstream open("/etc/passwd");  // without O_CLOEXEC, as careless libraries open
  EXPECT_EQ(RunChild(Shell("cd /proc/self/fd; echo *"))->output.substr(0, 6), "0 1 2 ");
  // The 3 is what the shell itself opened to read the folder.
  EXPECT_LE(RunChild(Shell("cd /proc/self/fd; echo *"))->output.size(), 8u);
}

TEST(RunChild, IsNotHeldUpByInputThatNobodyReads) {
  ChildCommand command = Shell("exit 0");
  const std::string much(std::size_t{4} << 20, 'x');
  command.input = much;
  EXPECT_EQ(RunChild(command)->exit_code, 0);
}

TEST(RunChild, KeepsTheBeginningOfMuchOutput) {
  const auto end = RunChild(Shell("head -c 300000 /dev/zero | tr '\\0' a; exit 3"));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 3);
  EXPECT_EQ(end->output, std::string(4096, 'a'));
}

TEST(RunChild, SaysWhichSignalEndedIt) {
  const auto end = RunChild(Shell("kill -SEGV $$"));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, -1);
  EXPECT_EQ(end->signal, SIGSEGV);
  EXPECT_FALSE(end->timed_out);
}

TEST(RunChild, FailsForWhatIsNoProgram) {
  ChildCommand command;
  command.argv = {"/no/such/program"};
  const auto end = RunChild(command);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(end.error().message, "/no/such/program: No such file or directory");
}

TEST(RunChild, EndsTheWholeGroupWhenTimeIsOver) {
  const TempFolder folder;
  const auto pids = folder.path() / "pids";
  ChildCommand command = Shell("sleep 600 & echo $! > " + pids.string() +
                               "; echo begun; trap '' TERM; while :; do sleep 600; done");
  command.timeout = milliseconds(300);
  command.grace = milliseconds(100);
  const auto end = RunChild(command);
  ASSERT_TRUE(end) << end.error().message;
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(end->signal, SIGKILL);  // it did not listen to SIGTERM
  EXPECT_EQ(end->output, "begun\n");
  pid_t grandchild = 0;
  std::ifstream(pids) >> grandchild;
  ASSERT_GT(grandchild, 0);
  // It is init's to reap, and a zombie until then.
  const auto deadline = steady_clock::now() + std::chrono::seconds(10);
  while (IsAlive(grandchild) && steady_clock::now() < deadline) {
    char state = 'Z';
    std::string skip;
    std::ifstream("/proc/" + std::to_string(grandchild) + "/stat") >> skip >> skip >> state;
    if (state == 'Z') return;
    std::this_thread::sleep_for(milliseconds(5));
  }
  EXPECT_FALSE(IsAlive(grandchild));
}

TEST(RunChild, LetsACommandThatListensToSigtermEndByItself) {
  ChildCommand command = Shell("trap 'echo bye; exit 5' TERM; echo begun; sleep 600 & wait");
  command.timeout = milliseconds(300);
  command.grace = std::chrono::seconds(10);
  const auto start = steady_clock::now();
  const auto end = RunChild(command);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(end->exit_code, 5);
  EXPECT_EQ(end->output, "begun\nbye\n");
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(8));
}

TEST(RunChild, DoesNotWaitForWhatHoldsTheOutputOpen) {
  ChildCommand command = Shell("sleep 20 & echo done");
  command.timeout = std::chrono::seconds(60);
  const auto start = steady_clock::now();
  const auto end = RunChild(command);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->exit_code, 0);
  EXPECT_EQ(end->output, "done\n");
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(RunChild, EndsAWriterThatNeverStops) {
  ChildCommand command = Shell("exec yes");
  command.timeout = milliseconds(200);
  const auto end = RunChild(command);
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->timed_out);
  EXPECT_EQ(end->output.size(), 4096u);
}

TEST(RunChild, GivesDefaultSignalHandling) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  sigset_t blocked;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  sigset_t old;
  ::pthread_sigmask(SIG_BLOCK, &blocked, &old);
  // The kernel's masks, in hexadecimal; threads' libraries ignore two signals of their own.
  const auto end = RunChild(Shell("sed -n 's/^SigBlk:.//p; s/^SigIgn:.//p' /proc/self/status"));
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  ::signal(SIGPIPE, before);
  ASSERT_TRUE(end);
  ASSERT_EQ(end->output.size(), 34u) << end->output;
  EXPECT_EQ(end->output.substr(0, 16), "0000000000000000");
  EXPECT_EQ(std::stoull(end->output.substr(17), nullptr, 16) & (1ULL << (SIGPIPE - 1)), 0u);
}

// What the daemon's unit gives to the daemon is not for a script.
TEST(RunChild, PassesNoAmbientCapability) {
  std::string status;
  bool raised = false;
  // Of a thread of its own: it is changed.
  std::thread([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    ::syscall(SYS_capget, &header, data.data());
    data[0].inheritable |= 1U << CAP_NET_BIND_SERVICE;
    raised = ::syscall(SYS_capset, &header, data.data()) == 0 &&
             ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0, 0) == 0;
    if (!raised) return;
    status = RunChild(Shell("grep ^CapAmb /proc/self/status"))->output;
  }).join();
  if (!raised) GTEST_SKIP() << "not permitted to have ambient capabilities";
  EXPECT_EQ(status, "CapAmb:\t0000000000000000\n");
}

}  // namespace
}  // namespace ecsward::notify
