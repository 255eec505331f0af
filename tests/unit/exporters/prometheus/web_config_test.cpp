#include "exporters/prometheus/web_config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/unit/source_folder.h"

namespace ecsward {
namespace {

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(WebConfig, ReadsEveryKey) {
  const std::string file = (SourceFolder() / "tests/fixtures/web_config/full.yaml").string();
  const auto config = ParseWebConfig(Read(file), "/etc/x/web.yml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_TRUE(config->tls);
  EXPECT_EQ(config->tls->cert_file, "/etc/x/server.crt");
  EXPECT_EQ(config->tls->key_file, "/keys/server.key");
  EXPECT_EQ(config->tls->client_auth, ClientAuth::kRequireAndVerify);
  EXPECT_EQ(config->tls->min_version, 13);
  EXPECT_EQ(config->tls->cipher_suites.size(), 1u);
  EXPECT_EQ(config->tls->curve_preferences, (std::vector<std::string>{"X25519", "CurveP256"}));
  EXPECT_EQ(config->headers, "X-Frame-Options: deny\r\n");
  EXPECT_EQ(config->users.size(), 2u);
}

TEST(WebConfig, MayBeEmpty) {
  for (const char* text : {"", "---\n", "# nothing\n", "tls_server_config:\nbasic_auth_users:\n"}) {
    const auto config = ParseWebConfig(text, "web.yml");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_FALSE(config->needs_security_module());
  }
}

// The first line of each is "# " and the error; of several, one line each.
TEST(WebConfig, RefusesWhatIsWrongAndSaysWhere) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(SourceFolder() / "tests/fixtures/web_config")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".bad.yaml")) continue;
    ++count;
    const std::string text = Read(entry.path());
    std::string want;
    for (std::size_t at = 0; text.compare(at, 2, "# ") == 0;) {
      const std::size_t end = text.find('\n', at);
      want += (want.empty() ? "" : "\n") + text.substr(at + 2, end - at - 2);
      at = end + 1;
    }
    const auto config = ParseWebConfig(text, name);
    ASSERT_FALSE(config) << name;
    EXPECT_EQ(config.error().message, want);
  }
  EXPECT_GT(count, 4u);
}

}  // namespace
}  // namespace ecsward
