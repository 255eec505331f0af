// The module's HTTP: what is sent, and what is made of an answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iterator>

#include "base/net.h"
#include "tests/unit/base/net_under_test.h"
#include "tests/unit/base/test_server.h"

namespace ecsward {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(NetHttp, SendsExactlyWhatIsGiven) {
  std::string seen;
  TestServer server([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  HttpRequest request = To(server.Url("/robot/../send?access_token=a%2Fb"));
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.body = R"({"a":1})";
  const auto answer = Net().Perform(request);
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "ok");
  EXPECT_FALSE(answer->cut);
  EXPECT_EQ(seen, "POST /robot/../send?access_token=a%2Fb HTTP/1.1\r\nHost: 127.0.0.1:" +
                      std::to_string(server.port()) +
                      "\r\nUser-Agent: ecsward/" ECSWARD_VERSION
                      "\r\nContent-Type: application/json\r\n"
                      "X-Empty:\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(NetHttp, SaysNothingOfABodyThatWasNotGivenAType) {
  std::string seen;
  TestServer server([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  HttpRequest request = To(server.Url());
  request.body = std::string(200'000, 'x');  // libcurl would ask a server before it sends so much
  ASSERT_TRUE(Net().Perform(request));
  EXPECT_THAT(seen, Not(HasSubstr("Expect")));
  EXPECT_THAT(seen, Not(HasSubstr("Content-Type")));
  EXPECT_THAT(seen, HasSubstr("\r\nContent-Length: 200000\r\n"));
  EXPECT_TRUE(seen.ends_with(request.body));
}

TEST(NetHttp, ItsOwnHeadersYield) {
  std::string seen;
  TestServer server([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  HttpRequest request = To(server.Url());
  request.headers = {{"host", "sms.test"}, {"user-agent", "me"}, {"accept", "a/b"}, {"Expect", ""}};
  request.body = "x";
  ASSERT_TRUE(Net().Perform(request));
  EXPECT_EQ(seen,
            "POST / HTTP/1.1\r\nHost: sms.test\r\nuser-agent: me\r\naccept: a/b\r\nExpect:\r\n"
            "Content-Length: 1\r\n\r\nx");
}

TEST(NetHttp, KnowsTheMethods) {
  std::string seen;
  TestServer server([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  });
  const auto first_line = [&](const std::string& method, const std::string& body) {
    HttpRequest request = To(server.Url("/x"));
    request.method = method;
    request.body = body;
    const auto answer = Net().Perform(request);
    EXPECT_TRUE(answer) << method;
    return seen.substr(0, seen.find('\r')) +
           (seen.find("Content-Length") == std::string::npos ? "" : " with a length");
  };
  EXPECT_EQ(first_line("GET", ""), "GET /x HTTP/1.1");
  EXPECT_EQ(first_line("GET", "b"), "GET /x HTTP/1.1 with a length");
  EXPECT_EQ(first_line("HEAD", ""), "HEAD /x HTTP/1.1");
  EXPECT_EQ(first_line("DELETE", ""), "DELETE /x HTTP/1.1");
  EXPECT_EQ(first_line("PUT", ""), "PUT /x HTTP/1.1 with a length");
  EXPECT_EQ(first_line("POST", ""), "POST /x HTTP/1.1 with a length");
}

TEST(NetHttp, ProvesWhoItIs) {
  std::string seen;
  TestServer server([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  HttpRequest request = To(server.Url());
  request.user = "alice";
  request.password_or_token = "se:cret";
  ASSERT_TRUE(Net().Perform(request));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Basic YWxpY2U6c2U6Y3JldA==\r\n"));
  request.user.clear();
  ASSERT_TRUE(Net().Perform(request));
  EXPECT_THAT(seen, HasSubstr("\r\nAuthorization: Bearer se:cret\r\n"));
}

TEST(NetHttp, AnAnswerOfWhateverStatusIsAnAnswer) {
  const TestServer broken(Answering("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nsick"));
  const auto sick = Net().Perform(To(broken.Url()));
  ASSERT_TRUE(sick);
  EXPECT_EQ(sick->status, 500);
  EXPECT_EQ(sick->body, "sick");
  const TestServer busy(
      Answering("HTTP/1.1 429 Slow down\r\nRetry-After:  7 \r\nX-Two: a\r\nx-two: b\r\n"
                "Content-Length: 0\r\n\r\n"));
  const auto later = Net().Perform(To(busy.Url()));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->status, 429);
  EXPECT_EQ(
      later->headers,
      (HttpHeaders{{"retry-after", "7"}, {"x-two", "a"}, {"x-two", "b"}, {"content-length", "0"}}));
}

TEST(NetHttp, FollowsNoRedirect) {
  const TestServer elsewhere(Answering(kOk));
  const TestServer server(Answering("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.Url() +
                                    "\r\nContent-Length: 0\r\n\r\n"));
  const auto answer = Net().Perform(To(server.Url()));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(NetHttp, SkipsInterimAnswers) {
  const TestServer server(
      Answering(std::string("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n") + kOk));
  const auto answer = Net().Perform(To(server.Url()));
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers, (HttpHeaders{{"content-length", "2"}}));
}

TEST(NetHttp, RefusesWhatWouldNotBeHttp) {
  const auto complaint = [](const HttpRequest& request) {
    const auto answer = Net().Perform(request);
    if (answer) return std::string("sent");
    EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
    EXPECT_EQ(answer.error().error.code, ErrorCode::kInvalidArgument);
    return answer.error().error.message;
  };
  for (const char* const url : {"", "no url", "ftp://a/", "file:///etc/passwd", "//a/b",
                                "a.example", "http://", "http://a b/", "http://a:99999/"}) {
    EXPECT_EQ(complaint(To(url)), "this is no http or https URL") << url;
  }
  HttpRequest request = To("http://127.0.0.1:1/");
  request.headers = {{"X-A", "b\r\nX-C: d"}};
  EXPECT_EQ(complaint(request), "a header has a line break");
  request.headers = {{"X-A: b\r\nX-C", "d"}};
  EXPECT_EQ(complaint(request), "the name of a header has characters that it may not have");
  request.headers.clear();
  request.password_or_token = "a\nb";
  EXPECT_EQ(complaint(request), "the token has a line break");
  request.password_or_token.clear();
  request.proxy_url = "ftp://127.0.0.1:1";
  EXPECT_EQ(complaint(request), "this is no URL of a proxy");
  request.proxy_url.clear();
  request.method = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(complaint(request), "this is no HTTP method");
}

TEST(NetHttp, AsksNoProxyOfTheEnvironment) {
  const ClosedPort closed;
  const std::string proxy = "http://127.0.0.1:" + std::to_string(closed.port());
  for (const char* const name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    setenv(name, proxy.c_str(), 1);
  }
  const TestServer server(Answering(kOk));
  EXPECT_TRUE(Net().Perform(To(server.Url())));
  for (const char* const name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    unsetenv(name);
  }
}

TEST(NetHttp, GoesThroughTheProxyThatIsGiven) {
  setenv("no_proxy", "*", 1);
  std::string seen;
  TestServer proxy([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  HttpRequest request = To("http://unknown.invalid/x");
  request.proxy_url = proxy.Url();
  const auto answer = Net().Perform(request);
  unsetenv("no_proxy");
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_TRUE(seen.starts_with("POST http://unknown.invalid/x HTTP/1.1\r\n")) << seen;
}

TEST(NetHttp, AProxyThatDeclinesWasNotSentTheRequest) {
  std::string seen;
  TestServer proxy([&](TestConnection& connection) {
    seen = connection.ReadRequest();
    connection.Write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  });
  HttpRequest request = To("https://unknown.invalid/secret");
  request.proxy_url = proxy.Url();
  const auto answer = Net().Perform(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
  EXPECT_TRUE(seen.starts_with("CONNECT unknown.invalid:443 HTTP/1.1\r\n")) << seen;
  EXPECT_THAT(seen, Not(HasSubstr("secret")));
}

TEST(NetHttp, ReachesIpv6) {
  const TestServer server(Answering(kOk), nullptr, AF_INET6);
  if (!server.good()) GTEST_SKIP() << "no ::1 on this host";
  EXPECT_TRUE(Net().Perform(To(server.Url("/", "[::1]"))));
}

TEST(NetHttp, LeavesNoDescriptorOpen) {
  const auto open = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const ClosedPort closed;
  Network& net = Net();
  net.RandomHex(1);  // OpenSSL keeps the generator open
  const auto before = open();
  {
    const TestServer server(Answering(kOk));
    EXPECT_TRUE(net.Perform(To(server.Url())));
  }
  EXPECT_FALSE(net.Perform(To("http://127.0.0.1:" + std::to_string(closed.port()))));
  EXPECT_EQ(open(), before);
}

TEST(NetHttp, CallsRunSideBySide) {
  // Each is answered only when both have come.
  std::promise<void> both;
  std::atomic<int> came = 0;
  TestServer server([&, together = both.get_future().share()](TestConnection& connection) {
    connection.ReadRequest();
    if (++came == 2) both.set_value();
    together.wait();
    connection.Write(kOk);
  });
  Network& net = Net();
  auto other = std::async(std::launch::async, [&] { return net.Perform(To(server.Url())); });
  EXPECT_TRUE(net.Perform(To(server.Url())));
  EXPECT_TRUE(other.get());
}

}  // namespace
}  // namespace ecsward
