// Where the robots of DingTalk, WeCom and Feishu are, and how requests to them are signed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/net.h"
#include "base/secret.h"
#include "exporters/notify/channel.h"
#include "exporters/notify/content.h"

namespace ecsward::notify {

// `url` as it is given, or `api_url` with the token of the option `token`: behind a `?` and
// `parameter` ("key="), or, when that is empty, as the last part of the path.
Secret RobotUrl(const ChannelSettings& settings, std::string_view token,
                std::string_view parameter);

// base64 of HMAC-SHA256 with the secret as the key over `time\nsecret`, made fit for a URL.
std::string DingtalkSign(const Digests& digests, std::string_view secret, std::int64_t unix_ms);
// base64 of HMAC-SHA256 with `time\nsecret` as the key over nothing.
std::string FeishuSign(const Digests& digests, std::string_view secret, std::int64_t unix_seconds);

// What a text may have when `ending` follows it (WithEnding).
TextLimit RoomBefore(std::size_t bytes, std::string_view ending);

}  // namespace ecsward::notify
