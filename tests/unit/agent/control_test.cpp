// The control socket: what is spoken on it, and both of its ends.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "agent/control_client.h"
#include "agent/control_protocol.h"
#include "agent/control_server.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

namespace fs = std::filesystem;
using What = ControlRequest::What;

std::string Refusal(std::string_view line) {
  const auto request = ParseControlRequest(line);
  return request ? "" : request.error().message;
}

TEST(ControlRequest, ReadsBackWhatItWrites) {
  ControlRequest request;
  request.what = What::kHistory;
  request.series.push_back({*LabelMatcher::Make(MatchType::kEqual, "__name__", "up"),
                            *LabelMatcher::Make(MatchType::kNotRegexp, "device", "lo|\"x\"")});
  const std::string line = ToLine(request);
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  const auto back = ParseControlRequest(line);
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->series.size(), 1u);
  EXPECT_EQ(back->series, request.series);
  EXPECT_EQ(ParseControlRequest(ToLine({What::kRules, {}}))->what, What::kRules);
}

TEST(ControlRequest, SaysWhatIsWrongWithIt) {
  EXPECT_EQ(Refusal("nonsense"), "want a request as JSON");
  EXPECT_EQ(Refusal("[]"), "want a request as JSON");
  EXPECT_EQ(Refusal(R"({"request": "stop"})"), "no such request: stop");
  EXPECT_EQ(Refusal(R"({"request": "history"})"), "history wants series");
  EXPECT_EQ(Refusal(R"({"request": "history", "series": [[]]})"), "series want matchers");
  EXPECT_EQ(Refusal(R"({"request": "history", "series": [[["~", "a", "b"]]]})"),
            "no such matcher: ~");
  EXPECT_NE(Refusal(R"({"request": "history", "series": [[["=~", "a", "("]]]})"), "");
}

TEST(ControlAnswer, RefusesSizesThatCannotBe) {
  EXPECT_EQ(*ParseAnswerLine(OkLine({"abc", ""})), (std::vector<std::size_t>{3, 0}));
  EXPECT_EQ(ParseAnswerLine(ErrorLine("no")).error().message, "no");
  for (const char* line : {"", "{}", R"({"parts": []})", R"({"parts": [-1]})",
                           R"({"parts": [18446744073709551615, 2]})"}) {
    EXPECT_FALSE(ParseAnswerLine(line)) << line;
  }
}

// A server whose event loop runs in a thread of its own.
class ControlSocketTest : public testing::Test {
 protected:
  ~ControlSocketTest() override { StopServer(); }

  void Serve(ControlServer::Handler handler, ControlServer::Limits limits = {}) {
    server_.emplace(io_, path_, std::move(handler), limits);
    const auto ok = server_->Start();
    ASSERT_TRUE(ok) << ok.error().message;
    thread_ = std::thread([this] { io_.run(); });
  }
  void StopServer() {
    if (!thread_.joinable()) return;
    boost::asio::post(io_, [this] { server_->Stop(); });
    thread_.join();
  }
  // Sends `text` and returns all that comes back until the server hangs up.
  std::string Exchange(const std::string& text) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, path_.size());
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string answer;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      char block[1000];
      for (ssize_t got = 0; (got = ::recv(fd, block, sizeof block, 0)) > 0;) {
        answer.append(block, static_cast<std::size_t>(got));
      }
    }
    ::close(fd);
    return answer;
  }

  TempFolder folder_;
  const std::string path_ = folder_.path() / "state/control.sock";
  boost::asio::io_context io_{1};
  std::optional<ControlServer> server_;
  std::thread thread_;
};

TEST_F(ControlSocketTest, AnswersSeveralClients) {
  const std::string large(3 << 20, 'x');
  Serve([&](const ControlRequest& request) -> Result<std::vector<std::string>> {
    if (request.what == What::kRules) return Fail(ErrorCode::kIo, "no rules today");
    return std::vector<std::string>{"first\n", large};
  });
  std::vector<std::thread> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back([&] {
      const auto answer = AskDaemon(path_, {What::kAlerts, {}});
      ASSERT_TRUE(answer) << answer.error().message;
      EXPECT_EQ(*answer, (std::vector<std::string>{"first\n", large}));
    });
  }
  for (std::thread& client : clients) client.join();
  const auto refused = AskDaemon(path_, {What::kRules, {}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no rules today");
}

TEST_F(ControlSocketTest, IsForItsUserAndGroupAndGoesWithTheServer) {
  Serve([](const ControlRequest&) { return std::vector<std::string>{""}; });
  struct stat s = {};
  ASSERT_EQ(::stat(path_.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777, 0660u);
  StopServer();
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ControlSocketTest, ToleratesClientsThatStaySilentOrTalkTooMuch) {
  Serve([](const ControlRequest&) { return std::vector<std::string>{"fine"}; },
        {.clients = 2, .request_timeout = std::chrono::milliseconds(50)});
  EXPECT_EQ(Exchange("{"), "");  // cut off
  EXPECT_EQ(Exchange("nonsense\n"), ErrorLine("want a request as JSON"));
  EXPECT_EQ(Exchange(std::string(kMaxControlRequestBytes + 10, 'x')),
            ErrorLine("request too long"));
  std::vector<std::thread> silent;
  for (int i = 0; i < 5; ++i) silent.emplace_back([this] { Exchange(""); });
  EXPECT_TRUE(AskDaemon(path_, {What::kAlerts, {}}));
  for (std::thread& client : silent) client.join();
}

TEST_F(ControlSocketTest, RefusesWhenAnswersPileUp) {
  Serve([](const ControlRequest&) { return std::vector<std::string>{"fine"}; },
        {.answer_bytes = 0});
  EXPECT_EQ(AskDaemon(path_, {What::kAlerts, {}}).error().message,
            "busy with other clients; try again");
}

TEST_F(ControlSocketTest, RefusesASecondDaemonAndReplacesADeadOnesSocket) {
  Serve([](const ControlRequest&) { return std::vector<std::string>{""}; });
  boost::asio::io_context other;
  ControlServer second(other, path_, {});
  const auto refused = second.Start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(refused.error().message.find("another ecsward answers here"), std::string::npos);
  StopServer();

  // What a killed daemon leaves: a socket that nobody listens on.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, path_.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  const auto taken = second.Start();
  EXPECT_TRUE(taken) << taken.error().message;
}

TEST_F(ControlSocketTest, TouchesNoFileThatIsNoSocket) {
  fs::create_directory(folder_.path() / "state");
  std::ofstream(path_) << "precious";
  ControlServer server(io_, path_, {});
  EXPECT_FALSE(server.Start());
  EXPECT_EQ(fs::file_size(path_), 8u);
}

TEST(ControlClient, SaysThatNobodyAnswers) {
  const auto answer = AskDaemon("/nowhere/control.sock", {What::kAlerts, {}});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message.find("/nowhere/control.sock: no ecsward answers here"),
            std::string::npos);
}

}  // namespace
}  // namespace ecsward
