// Whom the module's TLS trusts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include "tests/unit/base/net_under_test.h"
#include "tests/unit/base/test_server.h"
#include "tests/unit/temp_folder.h"

namespace ecsward {
namespace {

class NetTls : public testing::Test {
 protected:
  // A file with a certificate.
  std::string Save(const TestIdentity& identity, const std::string& name = "ca.pem") {
    const auto path = folder_.path() / name;
    std::ofstream(path) << identity.Pem();
    return path;
  }

  // A POST to good.test, which is 127.0.0.1.
  static tl::expected<HttpResponse, NetError> Ask(const TestServer& server,
                                                  const std::string& ca_file,
                                                  const std::string& host = "good.test") {
    auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
    if (!network) throw std::runtime_error(network.error().message);
    HttpRequest request;
    request.url = Secret(server.Url("/secret", host));
    request.ca_file = ca_file;
    return (*network)->Perform(request);
  }
  static std::string Complaint(const tl::expected<HttpResponse, NetError>& answer,
                               ErrorCode code = ErrorCode::kDenied) {
    if (answer) return "answered";
    EXPECT_EQ(answer.error().stage, NetStage::kNotSent);
    EXPECT_EQ(answer.error().error.code, code);
    return answer.error().error.message;
  }

  TempFolder folder_;
};

TEST_F(NetTls, TrustsAPrivateAuthority) {
  const TestIdentity ca("ca.test");
  const TestIdentity good("good.test", 3600, &ca);
  const TestServer server(Answering(kOk), &good);
  const auto answer = Ask(server, Save(ca));
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->body, "ok");
}

TEST_F(NetTls, TrustsACertificateThatSignedItself) {
  const TestIdentity good("good.test");
  const TestServer server(Answering(kOk), &good);
  EXPECT_TRUE(Ask(server, Save(good)));
}

TEST_F(NetTls, TrustsNobodyUnknown) {
  const TestIdentity good("good.test");
  const TestIdentity ca("ca.test");
  const TestIdentity signed_one("good.test", 3600, &ca);
  const std::string other = Save(TestIdentity("other.test"));
  const std::string stranger = "the certificate is signed by nobody who is trusted here";
  const TestServer by_itself(Answering(kOk), &good);
  EXPECT_EQ(Complaint(Ask(by_itself, "")), stranger);
  EXPECT_EQ(Complaint(Ask(by_itself, other)), stranger);
  const TestServer by_another(Answering(kOk), &signed_one);
  EXPECT_EQ(Complaint(Ask(by_another, "")), stranger);
  EXPECT_EQ(Complaint(Ask(by_another, other)), stranger);
}

TEST_F(NetTls, SeesThatACertificateHasExpired) {
  const TestIdentity ca("ca.test");
  const TestIdentity old("good.test", -60, &ca);
  const TestServer server(Answering(kOk), &old);
  EXPECT_EQ(Complaint(Ask(server, Save(ca))), "the certificate has expired");
}

TEST_F(NetTls, SeesThatACertificateIsForAnotherHost) {
  const TestIdentity ca("ca.test");
  const TestIdentity good("good.test", 3600, &ca);
  const TestServer server(Answering(kOk), &good);
  const std::string message = "the certificate is for another host name";
  EXPECT_EQ(Complaint(Ask(server, Save(ca), "bad.test")), message);
  EXPECT_EQ(Complaint(Ask(server, Save(ca), "127.0.0.1")), message);
}

TEST_F(NetTls, TrustsTheSystemsAuthoritiesBesidesTheFile) {
  const TestIdentity system_ca("system.test");
  const TestIdentity private_ca("private.test");
  const TestIdentity public_one("good.test", 3600, &system_ca);
  const TestIdentity private_one("good.test", 3600, &private_ca);
  const TestServer public_server(Answering(kOk), &public_one);
  const TestServer private_server(Answering(kOk), &private_one);
  const std::string ca_file = Save(private_ca);
  EXPECT_FALSE(Ask(public_server, ca_file));
  Save(system_ca, system_ca.HashName());
  setenv("SSL_CERT_DIR", folder_.path().c_str(), 1);
  EXPECT_TRUE(Ask(public_server, ""));
  EXPECT_TRUE(Ask(public_server, ca_file));
  EXPECT_TRUE(Ask(private_server, ca_file));
  EXPECT_FALSE(Ask(private_server, ""));
  unsetenv("SSL_CERT_DIR");
}

TEST_F(NetTls, VerifiesThroughAProxy) {
  const TestIdentity good("good.test");
  const std::string ca_file = Save(good);
  std::string seen;
  TestServer proxy([&](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 Connected\r\nX-Proxy: y\r\n\r\n");
    if (!connection.StartTls(good)) return;
    seen = connection.ReadRequest();
    connection.Write(kOk);
  });
  auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  HttpRequest request;
  request.url = Secret("https://good.test/secret");
  request.proxy_url = proxy.Url();
  // A proxy was sent something, but nothing of the request.
  EXPECT_EQ(Complaint((*network)->Perform(request)),
            "the certificate is signed by nobody who is trusted here");
  request.ca_file = ca_file;
  const auto answer = (*network)->Perform(request);
  ASSERT_TRUE(answer) << answer.error().error.message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->Header("x-proxy"), "");
  EXPECT_TRUE(seen.starts_with("POST /secret HTTP/1.1\r\n")) << seen;
}

TEST_F(NetTls, AnAnswerThatDoesNotComeThroughAProxyMayHaveBeenGiven) {
  const TestIdentity good("good.test");
  TestServer proxy([&](TestConnection& connection) {
    connection.ReadRequest();
    connection.Write("HTTP/1.1 200 Connected\r\n\r\n");
    if (connection.StartTls(good)) connection.ReadRequest();
  });
  auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  HttpRequest request;
  request.url = Secret("https://good.test/secret");
  request.proxy_url = proxy.Url();
  request.ca_file = Save(good);
  const auto answer = (*network)->Perform(request);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().stage, NetStage::kMaybeSent) << answer.error().error.message;
}

TEST_F(NetTls, SaysThatTheFileIsNone) {
  const TestIdentity good("good.test");
  const TestServer server(Answering(kOk), &good);
  const std::string bad = folder_.path() / "bad.pem";
  std::ofstream(bad) << "no certificate\n";
  for (const std::string& file : {bad, bad + ".missing"}) {
    EXPECT_EQ(Complaint(Ask(server, file), ErrorCode::kIo),
              "ca_file cannot be read, or is no PEM file of certificates");
  }
}

TEST_F(NetTls, SpeaksNothingOlderThanTls12) {
  const TestIdentity good("good.test");
  const std::string ca_file = Save(good);
  const auto speaking = [&](int version) {
    return [&good, version](TestConnection& connection) {
      if (connection.StartTls(good, version)) Answering(kOk)(connection);
    };
  };
  const auto ask = [&](const TestServer& server) {
    auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
    HttpRequest request;
    request.url = Secret("https://good.test:" + std::to_string(server.port()) + "/");
    request.ca_file = ca_file;
    return (*network)->Perform(request);
  };
  const TestServer newer(speaking(TLS1_2_VERSION));
  EXPECT_TRUE(ask(newer));
  const TestServer older(speaking(TLS1_1_VERSION));
  EXPECT_EQ(Complaint(ask(older), ErrorCode::kIo),
            "no TLS connection comes about (1.2 or later is wanted)");
}

TEST_F(NetTls, AServerWithoutTlsIsSentNothing) {
  std::string seen;
  auto server = std::make_unique<TestServer>(
      [&](TestConnection& connection) { seen = connection.ReadUntil("\r\n\r\n"); });
  auto network = LoadNetwork(ECSWARD_MODULE_FOLDER);
  HttpRequest request;
  request.url = Secret("https://good.test:" + std::to_string(server->port()) + "/secret");
  request.timeout = std::chrono::milliseconds(1000);  // it waits for the end of a request
  const auto answer = (*network)->Perform(request);
  EXPECT_EQ(Complaint(answer, ErrorCode::kTimeout),
            "the TLS handshake was not finished within 1 s");
  server.reset();  // its thread has ended
  EXPECT_FALSE(seen.empty());
  EXPECT_EQ(seen.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ecsward
