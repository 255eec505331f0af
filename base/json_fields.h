// Fields of a JSON object that may come from another version: one that is missing, or is not what
// it should be, is empty.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace ecsward {

inline std::string TextAt(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

template <class Number>
Number NumberAt(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number() ? it->get<Number>() : Number{};
}

inline bool FlagAt(const nlohmann::json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_boolean() && it->get<bool>();
}

// The list, or an empty one.
inline const nlohmann::json& ListAt(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNone = nlohmann::json::array();
  const auto it = object.find(key);
  return it != object.end() && it->is_array() ? *it : kNone;
}

}  // namespace ecsward
