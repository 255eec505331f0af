#include "tests/unit/exporters/notify/delivery/fake_vendor.h"

#include <cassert>

namespace ecsward::notify {
namespace {

FakeVendor* current = nullptr;

class Sender final : public Channel {
 public:
  explicit Sender(std::string key) : key_(std::move(key)) {}
  Delivery Send(const Notification& notification, const Attempt& attempt) override {
    return current->answer({key_, notification, attempt});
  }

 private:
  const std::string key_;
};

constexpr ChannelOption kOptions[] = {{"key", OptionKind::kText, "", "", true}};

}  // namespace

FakeVendor::FakeVendor() : answer([](const Message&) { return Delivery(); }) {
  assert(current == nullptr);
  current = this;
}

FakeVendor::~FakeVendor() { current = nullptr; }

Delivery FakeVendor::Fails(Delivery::Outcome outcome, std::string problem) {
  Delivery delivery;
  delivery.outcome = outcome;
  delivery.reason = "connect";
  delivery.problem = std::move(problem);
  return delivery;
}

const ChannelSpec& FakeVendor::Spec() {
  static const ChannelSpec kSpec = [] {
    ChannelSpec spec;
    spec.kind = "fake";
    spec.options = kOptions;
    spec.make = [](const ChannelSettings& settings,
                   const ChannelWorld&) -> std::unique_ptr<Channel> {
      return std::make_unique<Sender>(settings.Text("key"));
    };
    return spec;
  }();
  return kSpec;
}

ChannelConfig FakeChannel(const std::string& receiver, int index) {
  ChannelConfig channel;
  channel.spec = &FakeVendor::Spec();
  channel.index = index;
  ChannelSettings::Value key;
  key.text = ChannelKey(receiver, channel);
  channel.settings.Put("key", std::move(key));
  return channel;
}

std::vector<std::string> Words(const Notification& notification) {
  std::vector<std::string> words;
  for (const GroupNotice& group : notification.groups) {
    for (const NotifiedAlert& alert : group.alerts) {
      words.push_back(std::string(Get(alert.labels, "alertname")) +
                      (alert.ResolvedAt(group.at_ms) ? " resolved" : " fires"));
    }
  }
  return words;
}

}  // namespace ecsward::notify
