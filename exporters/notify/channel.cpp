#include "exporters/notify/channel.h"

#include <cassert>

namespace ecsward::notify {

const ChannelSettings::Value& ChannelSettings::Get(std::string_view name) const {
  const auto it = values_.find(name);
  assert(it != values_.end() && "an option that this kind of channel does not have");
  return it->second;
}

void ChannelSettings::Put(std::string_view name, Value value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

const std::string& ChannelSettings::Text(std::string_view name) const { return Get(name).text; }
const Secret& ChannelSettings::SecretOf(std::string_view name) const { return Get(name).secret; }
bool ChannelSettings::Flag(std::string_view name) const { return Get(name).integer != 0; }
std::int64_t ChannelSettings::Integer(std::string_view name) const { return Get(name).integer; }
std::chrono::milliseconds ChannelSettings::Duration(std::string_view name) const {
  return std::chrono::milliseconds(Get(name).integer);
}
const std::vector<std::string>& ChannelSettings::List(std::string_view name) const {
  return Get(name).list;
}
const std::vector<std::pair<std::string, std::string>>& ChannelSettings::Map(
    std::string_view name) const {
  return Get(name).map;
}

}  // namespace ecsward::notify
