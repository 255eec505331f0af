// Every kind of channel there is, in the order of the documentation.
#include <algorithm>
#include <array>

#include "exporters/notify/channel.h"
#include "exporters/notify/channels/alertmanager.h"
#include "exporters/notify/channels/dingtalk.h"
#include "exporters/notify/channels/directmail.h"
#include "exporters/notify/channels/email.h"
#include "exporters/notify/channels/exec.h"
#include "exporters/notify/channels/feishu.h"
#include "exporters/notify/channels/slack.h"
#include "exporters/notify/channels/sms.h"
#include "exporters/notify/channels/voice.h"
#include "exporters/notify/channels/webhook.h"
#include "exporters/notify/channels/wecom.h"

namespace ecsward::notify {

std::span<const ChannelSpec> AllChannels() {
  static const std::array kAll{
      kWebhookChannel, kAlertmanagerChannel, kEmailChannel,    kSmsChannel,
      kVoiceChannel,   kDirectmailChannel,   kDingtalkChannel, kWecomChannel,
      kFeishuChannel,  kSlackChannel,        kExecChannel,
  };
  return kAll;
}

const ChannelSpec* FindChannel(std::string_view kind) {
  const auto all = AllChannels();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const ChannelSpec& spec) { return spec.kind == kind; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace ecsward::notify
