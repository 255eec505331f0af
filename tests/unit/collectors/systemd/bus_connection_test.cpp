#include "collectors/systemd/bus_connection.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <thread>

#include "tests/unit/collectors/systemd/bus_bytes.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

using namespace std::string_literals;

// A bus that does what the test says with each connection in turn, and hangs up after it.
class FakeDaemon {
 public:
  using Talk = std::function<void(int fd)>;

  explicit FakeDaemon(std::vector<Talk> talks) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 4) != 0) {
      ADD_FAILURE() << path() << ": " << std::strerror(errno);
    }
    thread_ = std::thread([this, talks = std::move(talks)] {
      for (const Talk& talk : talks) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        if (fd < 0) return;
        talk(fd);
        ::close(fd);
      }
    });
  }
  ~FakeDaemon() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  std::string path() const { return folder_.path() / "bus"; }

  static void Say(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  static std::string HearLine(int fd) {
    std::string line;
    for (char c = 0; !line.ends_with("\r\n") && ::read(fd, &c, 1) == 1;) line += c;
    return line;
  }
  // The next message, whole; empty at the end.
  static std::string HearMessage(int fd) {
    std::string bytes(kBusFixedBytes, '\0');
    if (::recv(fd, bytes.data(), bytes.size(), MSG_WAITALL) != static_cast<ssize_t>(bytes.size()))
      return "";
    const std::size_t size = BusMessageSize(bytes).value_or(kBusFixedBytes);
    bytes.resize(size);
    ::recv(fd, bytes.data() + kBusFixedBytes, size - kBusFixedBytes, MSG_WAITALL);
    return bytes;
  }
  static std::uint32_t Serial(const std::string& message) {
    std::uint32_t serial = 0;
    if (message.size() >= kBusFixedBytes) std::memcpy(&serial, message.data() + 8, sizeof serial);
    return serial;
  }
  static void Welcome(int fd) {
    HearLine(fd);
    Say(fd, "OK 0123456789abcdef0123456789abcdef\r\n");
    HearLine(fd);
    Say(fd, BusReply(Serial(HearMessage(fd)), "s", "\4\0\0\0:1.7\0"s));
  }
  // Answers everything with its serial.
  static void Serve(int fd) {
    Welcome(fd);
    for (std::string call; !(call = HearMessage(fd)).empty();) Answer(fd, call);
  }
  static void Answer(int fd, const std::string& call) {
    std::string body = "\1u\0\0"s;
    BusNumber(body, Serial(call));
    Say(fd, BusReply(Serial(call), "v", body));
  }

 private:
  TempFolder folder_;
  int listener_ = -1;
  std::thread thread_;
};

constexpr BusCall kCall{"a.b", "/p", "a.b", "Get"};
constexpr std::chrono::seconds kLong{20};
constexpr std::chrono::milliseconds kShort{50};

Result<void> CallOnce(BusConnection& bus, std::vector<std::uint64_t>& answers) {
  return bus.Call({&kCall, 1}, [&](std::size_t, const BusMessage& message) -> Result<void> {
    auto value = ParseBusVariant(message.body);
    if (!value) return std::move(value).error();
    answers.push_back(std::get<std::uint64_t>(*value));
    return {};
  });
}

TEST(BusConnection, AnswersMayCrossTheBuffersEnd) {
  constexpr std::size_t kCalls = 64;
  const std::string text(600, 'x');  // 64 of them are more than what is read at once
  FakeDaemon daemon({[&](int fd) {
    FakeDaemon::Welcome(fd);
    std::string all;
    for (std::size_t i = 0; i < kCalls; ++i) {
      std::string body = "\1s\0\0"s;
      BusNumber(body, static_cast<std::uint32_t>(text.size()));
      body += text + '\0';
      all += BusReply(FakeDaemon::Serial(FakeDaemon::HearMessage(fd)), "v", body);
    }
    FakeDaemon::Say(fd, all);
  }});
  BusConnection bus(daemon.path(), kLong);
  const std::vector<BusCall> calls(kCalls, kCall);
  std::size_t answers = 0;
  const auto done = bus.Call(calls, [&](std::size_t, const BusMessage& message) -> Result<void> {
    auto value = ParseBusVariant(message.body);
    if (!value) return std::move(value).error();
    if (std::get<std::string>(*value) == text) ++answers;
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(answers, kCalls);
}

ErrorCode CodeOf(FakeDaemon::Talk talk, std::chrono::milliseconds timeout = kLong) {
  FakeDaemon daemon({std::move(talk)});
  BusConnection bus(daemon.path(), timeout);
  std::vector<std::uint64_t> answers;
  const auto done = CallOnce(bus, answers);
  EXPECT_FALSE(done);
  return done ? ErrorCode::kInternal : done.error().code;
}

TEST(BusConnection, SaysWhoItIsAndKeepsTheConnection) {
  std::string said;
  {
    FakeDaemon daemon({[&](int fd) {
      said = FakeDaemon::HearLine(fd);
      FakeDaemon::Say(fd, "OK 0123456789abcdef0123456789abcdef\r\n");
      said += FakeDaemon::HearLine(fd);
      FakeDaemon::HearMessage(fd);
      for (std::string call; !(call = FakeDaemon::HearMessage(fd)).empty();) {
        FakeDaemon::Answer(fd, call);
      }
    }});
    BusConnection bus(daemon.path(), kLong);
    std::vector<std::uint64_t> answers;
    ASSERT_TRUE(CallOnce(bus, answers));
    ASSERT_TRUE(CallOnce(bus, answers));
    EXPECT_EQ(answers, (std::vector<std::uint64_t>{2, 3}));
  }
  std::string uid;
  for (const char digit : std::to_string(::geteuid())) uid += std::string("3") + digit;
  EXPECT_EQ(said, "\0AUTH EXTERNAL "s + uid + "\r\nBEGIN\r\n");
}

TEST(BusConnection, MatchesAnswersInAnyOrder) {
  FakeDaemon daemon({[](int fd) {
    FakeDaemon::Welcome(fd);
    std::vector<std::string> calls;
    for (int i = 0; i < 3; ++i) calls.push_back(FakeDaemon::HearMessage(fd));
    FakeDaemon::Say(fd, BusReply(99, "v", "\1u\0\0\1\0\0\0"s));  // nobody asked
    for (const int i : {2, 0, 0, 1}) FakeDaemon::Answer(fd, calls[static_cast<std::size_t>(i)]);
  }});
  BusConnection bus(daemon.path(), kLong);
  const std::vector<BusCall> calls(3, kCall);
  std::vector<std::size_t> order;
  const auto done = bus.Call(calls, [&](std::size_t index, const BusMessage&) -> Result<void> {
    order.push_back(index);
    return {};
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(order, (std::vector<std::size_t>{2, 0, 1}));
}

TEST(BusConnection, FindsABusThatWasStartedAnew) {
  const auto once = [](int fd) {
    FakeDaemon::Welcome(fd);
    FakeDaemon::Answer(fd, FakeDaemon::HearMessage(fd));
  };
  FakeDaemon daemon({once, once});
  BusConnection bus(daemon.path(), kLong);
  std::vector<std::uint64_t> answers;
  ASSERT_TRUE(CallOnce(bus, answers));
  const auto done = CallOnce(bus, answers);
  ASSERT_TRUE(done) << done.error().message;
}

TEST(BusConnection, NoSocketIsNotSupported) {
  BusConnection bus("/nonexistent/system_bus_socket", kLong);
  std::vector<std::uint64_t> answers;
  const auto done = CallOnce(bus, answers);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::kNotSupported);
}

TEST(BusConnection, RefusalIsDenied) {
  EXPECT_EQ(CodeOf([](int fd) {
              FakeDaemon::HearLine(fd);
              FakeDaemon::Say(fd, "REJECTED DBUS_COOKIE_SHA1\r\n");
            }),
            ErrorCode::kDenied);
}

TEST(BusConnection, SilenceTimesOut) {
  const auto wait_for_the_end = [](int fd) {
    while (!FakeDaemon::HearLine(fd).empty()) {
    }
  };
  EXPECT_EQ(CodeOf(wait_for_the_end, kShort), ErrorCode::kTimeout);
  EXPECT_EQ(CodeOf(
                [](int fd) {
                  FakeDaemon::Welcome(fd);
                  while (!FakeDaemon::HearMessage(fd).empty()) {
                  }
                },
                kShort),
            ErrorCode::kTimeout);
}

TEST(BusConnection, GarbageIsAParseError) {
  EXPECT_EQ(CodeOf([](int fd) {
              FakeDaemon::HearLine(fd);
              FakeDaemon::Say(fd, std::string(5000, 'x'));
            }),
            ErrorCode::kParse);
  EXPECT_EQ(CodeOf([](int fd) {
              FakeDaemon::Welcome(fd);
              FakeDaemon::HearMessage(fd);
              FakeDaemon::Say(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
            }),
            ErrorCode::kParse);
  EXPECT_EQ(CodeOf([](int fd) {  // 2 GiB to come
              FakeDaemon::Welcome(fd);
              FakeDaemon::HearMessage(fd);
              FakeDaemon::Say(fd, "l\2\1\1\0\0\0\x7f\1\0\0\0\0\0\0\0"s);
            }),
            ErrorCode::kParse);
}

TEST(BusConnection, DeathMidWayIsAnError) {
  EXPECT_EQ(CodeOf([](int fd) {
              FakeDaemon::Welcome(fd);
              const std::string call = FakeDaemon::HearMessage(fd);
              const auto whole = BusReply(FakeDaemon::Serial(call), "v", "\1u\0\0\1\0\0\0"s);
              FakeDaemon::Say(fd, whole.substr(0, whole.size() - 3));
            }),
            ErrorCode::kIo);
}

TEST(ParseBusAddress, FindsASocket) {
  EXPECT_EQ(ParseBusAddress("unix:path=/run/x,guid=00").value_or(""), "/run/x");
  EXPECT_EQ(ParseBusAddress("tcp:host=h,port=1;unix:guid=0,abstract=/tmp/y").value_or(""),
            "\0/tmp/y"s);
  EXPECT_FALSE(ParseBusAddress(""));
  EXPECT_FALSE(ParseBusAddress("unix:dir=/tmp"));
  EXPECT_FALSE(ParseBusAddress("unix:path=/a%20b"));
  EXPECT_FALSE(ParseBusAddress(";;,,unix:"));
}

}  // namespace
}  // namespace ecsward
