#include "exporters/notify/routing.h"

#include <gtest/gtest.h>

namespace ecsward::notify {
namespace {

TEST(ChannelKey, NamesReceiverKindAndPlace) {
  ChannelSpec spec;
  spec.kind = "dingtalk";
  ChannelConfig channel;
  channel.spec = &spec;
  channel.index = 2;
  EXPECT_EQ(ChannelKey("ops", channel), "ops/dingtalk[2]");
}

TEST(RoutingConfig, FindsAReceiverByItsWholeName) {
  RoutingConfig config;
  config.receivers = {{"ops", {}}, {"oncall", {}}};
  EXPECT_EQ(config.Find("oncall"), &config.receivers[1]);
  EXPECT_EQ(config.Find("on"), nullptr);
}

}  // namespace
}  // namespace ecsward::notify
