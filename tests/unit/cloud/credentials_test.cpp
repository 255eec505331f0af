#include "cloud/credentials.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <thread>

#include "tests/unit/cloud/made_up_metadata.h"

namespace ecsward::cloud {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A chain, its metadata and its clock. One refresh is three requests.
class CredentialChainTest : public ::testing::Test {
 protected:
  CredentialChainTest() { Offer("STS.one", hours(6)); }

  CredentialChain Chain() {
    CredentialOptions options;
    options.environment = [this](const char* name) { return environment_[name]; };
    return CredentialChain(http_, clock_, std::move(options));
  }

  // What the metadata gives from now on.
  void Offer(const std::string& id, std::chrono::nanoseconds left) {
    metadata_.id = id;
    metadata_.expires = clock_.Wall() + std::chrono::duration_cast<WallTime::duration>(left);
    http_.Otherwise(metadata_);
  }
  void Fail() {
    http_.Otherwise([](const HttpRequest&) { return NoConnection(); });
  }

  // The key's id, or "error: …".
  static std::string IdOf(CredentialChain& chain) {
    const auto credentials = chain.Get();
    return credentials ? credentials->access_key_id : "error: " + credentials.error().message;
  }

  FakeClock clock_;
  MadeUpMetadata metadata_;
  FakeHttp http_;
  std::map<std::string, std::string> environment_;
};

TEST_F(CredentialChainTest, PrefersTheEnvironmentsKeysAndWarnsOfThoseWithoutEnd) {
  environment_ = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI"},
                  {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"}};
  CredentialChain chain = Chain();
  const auto credentials = chain.Get();
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->access_key_id, "LTAI");
  EXPECT_EQ(credentials->access_key_secret.Reveal(), "s");
  EXPECT_TRUE(credentials->security_token.empty());
  EXPECT_EQ(credentials->provider, "env");
  EXPECT_EQ(credentials->expires_at_ms, 0);
  EXPECT_NE(chain.warning().find("never expires"), std::string::npos);
  EXPECT_EQ(chain.warning().find("LTAI"), std::string::npos);
  chain.Drop(*credentials);
  EXPECT_EQ(IdOf(chain), "LTAI");
  EXPECT_EQ(http_.Count(), 0u);
}

TEST_F(CredentialChainTest, TakesASecurityTokenFromTheEnvironmentWithoutAWarning) {
  environment_ = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "STS.e"},
                  {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"},
                  {"ALIBABA_CLOUD_SECURITY_TOKEN", "t"}};
  CredentialChain chain = Chain();
  EXPECT_EQ(chain.Get()->security_token.Reveal(), "t");
  EXPECT_EQ(chain.warning(), "");
}

TEST_F(CredentialChainTest, UsesNoHalfKey) {
  for (const char* name : {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}) {
    environment_ = {{name, "x"}};
    CredentialChain chain = Chain();
    EXPECT_EQ(IdOf(chain), "STS.one");
    EXPECT_NE(chain.warning().find("only one is set"), std::string::npos);
  }
}

TEST_F(CredentialChainTest, UsesNoKeyThatCannotBeAHeader) {
  for (const char* odd : {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
                          "ALIBABA_CLOUD_SECURITY_TOKEN"}) {
    environment_ = {{"ALIBABA_CLOUD_ACCESS_KEY_ID", "i"},
                    {"ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"},
                    {"ALIBABA_CLOUD_SECURITY_TOKEN", "t"}};
    environment_[odd] += "\r\nX: y";
    CredentialChain chain = Chain();
    EXPECT_EQ(IdOf(chain), "STS.one") << odd;
    EXPECT_NE(chain.warning(), "");
  }
}

TEST_F(CredentialChainTest, TakesAnEndpointWithASlash) {
  CredentialChain chain(http_, clock_,
                        {"http://m/", "r", [](const char*) { return std::string(); }});
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Requests().front().url.Reveal(), "http://m/latest/api/token");
}

TEST_F(CredentialChainTest, HeedsTheVariablesOfTheOfficialChain) {
  environment_ = {{"ALIBABA_CLOUD_ECS_METADATA", "my-role"}};
  CredentialChain named = Chain();
  EXPECT_EQ(IdOf(named), "STS.one");
  EXPECT_TRUE(http_.Requests().back().url.Reveal().ends_with("/my-role"));
  EXPECT_EQ(http_.Count(), 2u);

  environment_ = {{"ALIBABA_CLOUD_IMDSV1_DISABLED", "True"}};
  metadata_.token_status = 404;
  Offer("STS.one", hours(6));
  CredentialChain hardened = Chain();
  EXPECT_NE(IdOf(hardened).find("no session token"), std::string::npos);

  environment_ = {{"ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"}};
  const std::size_t before = http_.Count();
  CredentialChain off = Chain();
  const auto none = off.Get();
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(http_.Count(), before);
}

TEST_F(CredentialChainTest, AsksOnceForManyCalls) {
  CredentialChain chain = Chain();
  EXPECT_EQ(http_.Count(), 0u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(IdOf(chain), "STS.one");
  clock_.Advance(hours(5) - seconds(1));  // 60 minutes and one second left
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 3u);
  EXPECT_EQ(chain.warning(), "");
}

TEST_F(CredentialChainTest, RefreshesAt60MinutesLeft) {
  CredentialChain chain = Chain();
  EXPECT_EQ(IdOf(chain), "STS.one");
  clock_.Advance(hours(5));
  Offer("STS.two", hours(6));
  EXPECT_EQ(IdOf(chain), "STS.two");
  EXPECT_EQ(http_.Count(), 6u);
}

TEST_F(CredentialChainTest, AsksOnceAMinuteWhileItIsGivenTheSame) {
  CredentialChain chain = Chain();
  EXPECT_EQ(IdOf(chain), "STS.one");
  clock_.Advance(hours(5));
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 6u);
  clock_.Advance(seconds(59));
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 6u);
  clock_.Advance(seconds(1));
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 9u);
}

TEST_F(CredentialChainTest, KeepsTheOldToTheirEndWhenRefreshingFails) {
  CredentialChain chain = Chain();
  EXPECT_EQ(IdOf(chain), "STS.one");
  Fail();
  clock_.Advance(hours(5));
  EXPECT_EQ(IdOf(chain), "STS.one");
  clock_.Advance(minutes(59));
  EXPECT_EQ(IdOf(chain), "STS.one");
  clock_.Advance(minutes(1));
  EXPECT_EQ(IdOf(chain),
            "error: no credentials: the environment has no ALIBABA_CLOUD_ACCESS_KEY_ID: metadata: "
            "no connection in 1 s");
}

TEST_F(CredentialChainTest, LeavesAFailingServiceAloneForLongerAndLonger) {
  Fail();
  CredentialChain chain = Chain();
  std::vector<std::int64_t> asked_at;
  for (std::int64_t second = 0; second < 300; ++second, clock_.Advance(seconds(1))) {
    const std::size_t before = http_.Count();
    EXPECT_FALSE(chain.Get());
    if (http_.Count() > before) asked_at.push_back(second);
  }
  EXPECT_EQ(asked_at, (std::vector<std::int64_t>{0, 5, 15, 35, 75, 135, 195, 255}));
  Offer("STS.two", hours(6));
  clock_.Advance(seconds(60));
  EXPECT_EQ(IdOf(chain), "STS.two");

  // Forgotten when it worked.
  Fail();
  clock_.Advance(hours(6));
  EXPECT_FALSE(chain.Get());
  Offer("STS.three", hours(6));
  clock_.Advance(seconds(5));
  EXPECT_EQ(IdOf(chain), "STS.three");
}

TEST_F(CredentialChainTest, FetchesAnewWhatWasDropped) {
  CredentialChain chain = Chain();
  const auto first = chain.Get();
  Offer("STS.two", hours(6));
  chain.Drop(*first);
  EXPECT_EQ(IdOf(chain), "STS.two");
  EXPECT_EQ(http_.Count(), 6u);
  chain.Drop(*first);  // somebody who still had the first, and comes late
  EXPECT_EQ(IdOf(chain), "STS.two");
  EXPECT_EQ(http_.Count(), 6u);
}

TEST_F(CredentialChainTest, ForgetsAnOldFailureWhenSomethingIsDropped) {
  Fail();
  CredentialChain chain = Chain();
  EXPECT_FALSE(chain.Get());
  Offer("STS.one", hours(6));
  clock_.Advance(seconds(5));
  const auto first = chain.Get();
  ASSERT_TRUE(first);
  Offer("STS.two", hours(6));
  chain.Drop(*first);
  EXPECT_EQ(IdOf(chain), "STS.two");
}

TEST_F(CredentialChainTest, DoesNotUseWhatWasDroppedWhenFetchingFails) {
  CredentialChain chain = Chain();
  const auto first = chain.Get();
  Fail();
  chain.Drop(*first);
  EXPECT_FALSE(chain.Get());
}

TEST_F(CredentialChainTest, TrustsWhatCameAMomentAgoMoreThanAWrongClock) {
  Offer("STS.one", -hours(3));  // the host's clock is far ahead
  CredentialChain chain = Chain();
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 3u);
  clock_.Advance(minutes(1));
  EXPECT_EQ(IdOf(chain), "STS.one");
  EXPECT_EQ(http_.Count(), 6u);
  Fail();
  clock_.Advance(minutes(1));
  EXPECT_FALSE(chain.Get());
  EXPECT_FALSE(chain.Get());  // also while the failing service is left alone
}

// Between 60 and 15 minutes one caller refreshes and nobody waits for it; after that, all do.
TEST_F(CredentialChainTest, LetsOthersGoOnWhileOneRefreshesUntil15MinutesAreLeft) {
  for (const bool late : {false, true}) {
    SCOPED_TRACE(late);
    Offer("STS.one", hours(6));
    CredentialChain chain = Chain();
    EXPECT_EQ(IdOf(chain), "STS.one");
    clock_.Advance(hours(6) - (late ? minutes(15) : minutes(16)));

    std::mutex mutex;
    std::condition_variable changed;
    bool reached = false;
    bool released = false;
    MadeUpMetadata fresh = metadata_;
    fresh.id = "STS.two";
    fresh.expires = clock_.Wall() + hours(6);
    http_.Otherwise([&, fresh](const HttpRequest& request) {
      std::unique_lock lock(mutex);
      reached = true;
      changed.notify_all();
      changed.wait(lock, [&] { return released; });
      return fresh(request);
    });
    const auto release = [&] {
      const std::lock_guard lock(mutex);
      released = true;
      changed.notify_all();
    };
    std::string refreshed;
    std::thread refresher([&] { refreshed = IdOf(chain); });
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return reached; });
    }
    if (late) {
      std::string waited;
      bool gone_on = false;
      std::thread waiter([&] {
        waited = IdOf(chain);
        const std::lock_guard lock(mutex);
        gone_on = true;
        changed.notify_all();
      });
      {
        // A moment in which it could; it never may.
        std::unique_lock lock(mutex);
        EXPECT_FALSE(
            changed.wait_for(lock, std::chrono::milliseconds(50), [&] { return gone_on; }));
      }
      release();
      waiter.join();
      EXPECT_EQ(waited, "STS.two");
    } else {
      EXPECT_EQ(IdOf(chain), "STS.one");  // although nothing has been released yet
      release();
    }
    refresher.join();
    EXPECT_EQ(refreshed, "STS.two");
  }
}

}  // namespace
}  // namespace ecsward::cloud
