// One way to reach people: a kind of channel says which settings it has and how it delivers; the
// rest (order, waiting, limits, budgets) is the same for all of them and lives in delivery/.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/net.h"
#include "base/result.h"
#include "base/secret.h"
#include "exporters/notify/notification.h"

namespace ecsward::cloud {
class OpenApi;
}

namespace ecsward::notify {

class Content;

enum class OptionKind : std::uint8_t {
  kText,
  kTemplate,   // a text with {{ }}, checked when it is read
  kSecret,     // NAME, or NAME_file with the path of a file that has it
  kSecretUrl,  // the same, and it must be an http or https URL
  kUrl,
  kBool,
  kInteger,
  kDuration,
  kList,         // of texts
  kMap,          // names and texts
  kTemplateMap,  // names and templates
};

// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order in which tables read well
struct ChannelOption {
  // Dots mean mappings in mappings: "http_config.basic_auth.username". A secret's file is beside
  // it: "http_config.basic_auth.password_file".
  std::string_view name;
  OptionKind kind = OptionKind::kText;
  std::string_view fallback;  // the default, as it would be written; lists are "a,b"
  std::string_view help;      // one line, for docs/notifications.md
  bool required = false;
  // Of each value (of lists: of each item). errors: kInvalidArgument saying what is wanted, without
  // the value where that is a secret. Null: any.
  Result<void> (*check)(std::string_view value) = nullptr;
};

// The settings of one channel. Every option of its kind is there, with its default where the file
// says nothing. Asking for one that the kind does not have is a bug.
class ChannelSettings {
 public:
  const std::string& Text(std::string_view name) const;  // kText, kTemplate, kUrl
  const Secret& SecretOf(std::string_view name) const;   // kSecret, kSecretUrl; empty: not given
  bool Flag(std::string_view name) const;
  std::int64_t Integer(std::string_view name) const;
  std::chrono::milliseconds Duration(std::string_view name) const;
  const std::vector<std::string>& List(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& Map(std::string_view name) const;

  struct Value {
    std::string text;  // also numbers, flags and durations
    Secret secret;
    std::int64_t integer = 0;  // also a flag, and a duration's milliseconds
    std::vector<std::string> list;
    std::vector<std::pair<std::string, std::string>> map;
    bool given = false;  // it stands in the file
  };
  const Value& Get(std::string_view name) const;
  void Put(std::string_view name, Value value);

 private:
  std::map<std::string, Value, std::less<>> values_;
};

// What became of an attempt.
struct Delivery {
  enum class Outcome : std::uint8_t {
    kDelivered,
    kRetry,    // it may work later
    kUnclear,  // no answer came: it may have been delivered. It is tried again, too.
    kRefused,  // it will never work: straight to the fallback or the dead letters
  };
  Outcome outcome = Outcome::kDelivered;
  // One word for the metric: "timeout", "connect", "dns", "tls", "http_status", "rate_limited",
  // "api_code", "garbage", "redirect", "template", "credentials", "smtp", "exit_code", …
  std::string_view reason;
  std::string problem;                                   // for people; without secrets and URLs
  std::optional<std::chrono::milliseconds> retry_after;  // what the other side asked for
  // That the attempt cost, for budgets: SMS to three numbers is three. Of a failed one it counts
  // only where the kind costs money: one of three may have been sent.
  int messages = 1;
};

struct Attempt {
  int number = 1;             // from 1
  bool may_be_there = false;  // an earlier one ended kUnclear
};

// One thread at a time, but of several channels each in its own. Send blocks.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual Delivery Send(const Notification& notification, const Attempt& attempt) = 0;
};

// What channels are made with; all of it outlives them.
struct ChannelWorld {
  const Clock* clock = nullptr;
  HttpClient* http = nullptr;
  Mailer* mailer = nullptr;
  const Digests* digests = nullptr;
  const Content* content = nullptr;  // makes the texts
  cloud::OpenApi* cloud = nullptr;   // signed calls to Alibaba Cloud
};

// What the vendor allows.
struct ChannelLimits {
  int messages = 0;  // within `window`; 0: no limit
  std::chrono::milliseconds window{60'000};
};

struct ChannelSpec {
  std::string_view kind;  // "dingtalk": the key is dingtalk_configs
  std::string_view help;
  std::span<const ChannelOption> options;
  ChannelLimits limits;
  bool costs_money = false;   // SMS and voice: docs ask for a budget
  bool send_resolved = true;  // the default, as Alertmanager's
  // What is wrong between the options: `key: message` each.
  std::vector<std::string> (*check)(const ChannelSettings& settings) = nullptr;
  std::unique_ptr<Channel> (*make)(const ChannelSettings& settings,
                                   const ChannelWorld& world) = nullptr;
  // How many messages one Send costs at most, for the budget: SMS to three numbers is three. Null:
  // one.
  int (*cost)(const ChannelSettings& settings) = nullptr;
};

// All kinds, in the order of the documentation. The one visible list: channels/all.cpp.
std::span<const ChannelSpec> AllChannels();
const ChannelSpec* FindChannel(std::string_view kind);

}  // namespace ecsward::notify
