#include "base/sd_notify.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

namespace ecsward {
namespace {

// A service manager's end: a datagram socket in the abstract namespace.
class FakeSystemd {
 public:
  FakeSystemd() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    name_ = "@ecsward-test-" + std::to_string(::getpid());
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name_.data() + 1, name_.size() - 1);
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~FakeSystemd() { ::close(fd_); }
  const std::string& name() const { return name_; }
  std::string Next() const {
    std::array<char, 512> text{};
    const ssize_t n = ::recv(fd_, text.data(), text.size(), 0);
    return n < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(n));
  }

 private:
  int fd_;
  std::string name_;
};

TEST(ServiceManager, SaysHowTheServiceIsDoing) {
  const FakeSystemd systemd;
  const ServiceManager manager(systemd.name(), "");
  ASSERT_TRUE(manager.Ready("serving\non 9100"));
  EXPECT_EQ(systemd.Next(), "READY=1\nSTATUS=serving on 9100");
  ASSERT_TRUE(manager.Reloading(MonoTime(std::chrono::milliseconds(1500))));
  EXPECT_EQ(systemd.Next(), "RELOADING=1\nMONOTONIC_USEC=1500000");
  ASSERT_TRUE(manager.KeepAlive());
  EXPECT_EQ(systemd.Next(), "WATCHDOG=1");
  ASSERT_TRUE(manager.Stopping());
  EXPECT_EQ(systemd.Next(), "STOPPING=1");
}

TEST(ServiceManager, IsSilentWhenNobodyListens) {
  const ServiceManager manager("", "30000000");
  EXPECT_TRUE(manager.Ready("serving"));
  EXPECT_FALSE(manager.watchdog_interval());
}

TEST(ServiceManager, FeedsTheWatchdogTwiceInItsTime) {
  EXPECT_EQ(ServiceManager("@x", "30000000").watchdog_interval(), std::chrono::seconds(15));
  EXPECT_FALSE(ServiceManager("@x", "").watchdog_interval());
  EXPECT_FALSE(ServiceManager("@x", "soon").watchdog_interval());
}

TEST(ServiceManager, ReportsASocketThatIsGone) {
  EXPECT_FALSE(ServiceManager("/nowhere/notify", "").Ready("x"));
  EXPECT_FALSE(ServiceManager("relative", "").Ready("x"));
  EXPECT_FALSE(ServiceManager("/" + std::string(200, 'x'), "").Ready("x"));
}

}  // namespace
}  // namespace ecsward
