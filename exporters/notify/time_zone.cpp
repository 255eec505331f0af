#include "exporters/notify/time_zone.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/host_file.h"

namespace ecsward::notify {
namespace {

constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kHeader = 44;
// Far above any zone there is; what claims more is no zone.
constexpr std::uint32_t kMaxTransitions = 100'000;

template <class Int>
Int BigEndian(std::string_view bytes) {
  std::make_unsigned_t<Int> value = 0;
  for (std::size_t i = 0; i < sizeof(Int); ++i) {
    value =
        static_cast<std::make_unsigned_t<Int>>((value << 8) | static_cast<unsigned char>(bytes[i]));
  }
  return static_cast<Int>(value);
}

struct Counts {
  std::uint32_t utc = 0, standard = 0, leaps = 0, times = 0, types = 0, chars = 0;
};

Error Bad(const char* what) {
  return Fail(ErrorCode::kParse, std::string("no time zone: ") + what);
}

// Names that go on below the folder, as Go's LoadLocation takes them.
bool IsSafeName(std::string_view name) {
  return !name.empty() && name.size() < 100 && name.front() != '/' &&
         name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '+' || c == '-';
         });
}

}  // namespace

// One data block and its header, from the front of `text`. `Time` is what a moment is written as:
// 32 bits in the first block, 64 in the second.
template <class Time>
Result<TimeZone> TimeZone::ParseBlock(std::string_view& text) {
  if (text.size() < kHeader || !text.starts_with(kMagic)) return Bad("no TZif header");
  const auto count = [text](std::size_t index) {
    return BigEndian<std::uint32_t>(text.substr(20 + 4 * index));
  };
  const Counts counts{count(0), count(1), count(2), count(3), count(4), count(5)};
  if (counts.times > kMaxTransitions || counts.types == 0 || counts.types > 256) {
    return Bad("impossible counts");
  }
  const std::size_t types_at = kHeader + std::size_t{counts.times} * (sizeof(Time) + 1);
  const std::size_t size = types_at + std::size_t{counts.types} * 6 + counts.chars +
                           std::size_t{counts.leaps} * (sizeof(Time) + 4) + counts.standard +
                           counts.utc;
  if (text.size() < size) return Bad("cut off");

  TimeZone zone;
  zone.offsets_.clear();
  for (std::size_t i = 0; i < counts.types; ++i) {
    const auto offset = BigEndian<std::int32_t>(text.substr(types_at + 6 * i));
    if (offset < -90'000 || offset > 93'600) return Bad("an offset beyond a day");  // RFC 9636 3.2
    zone.offsets_.push_back(offset);
  }
  zone.transitions_.reserve(counts.times);
  const std::size_t indices_at = kHeader + std::size_t{counts.times} * sizeof(Time);
  for (std::size_t i = 0; i < counts.times; ++i) {
    const Transition one{BigEndian<Time>(text.substr(kHeader + i * sizeof(Time))),
                         static_cast<std::uint8_t>(text[indices_at + i])};
    if (one.type >= counts.types) return Bad("a type that is not there");
    if (!zone.transitions_.empty() && one.at <= zone.transitions_.back().at) {
      return Bad("transitions out of order");
    }
    zone.transitions_.push_back(one);
  }
  text.remove_prefix(size);
  return zone;
}

Result<TimeZone> TimeZone::Parse(std::string_view tzif) {
  const char version = tzif.size() > kMagic.size() ? tzif[kMagic.size()] : '\0';
  auto zone = ParseBlock<std::int32_t>(tzif);
  if (!zone || version == '\0') return zone;
  // From version 2 on, the same follows with 64 bits, and behind it how it goes on.
  zone = ParseBlock<std::int64_t>(tzif);
  if (!zone) return zone;
  const std::size_t end = tzif.find('\n', 1);
  if (!tzif.starts_with('\n') || end == std::string_view::npos) return Bad("no footer");
  const std::string_view footer = tzif.substr(1, end - 1);
  if (footer.empty()) return zone;
  const auto rule = ParsePosixTz(footer);
  if (!rule) return rule.error();
  zone->rule_ = *rule;
  zone->has_rule_ = true;
  return zone;
}

std::int32_t TimeZone::OffsetAt(std::int64_t unix_seconds) const {
  const auto next = std::upper_bound(
      transitions_.begin(), transitions_.end(), unix_seconds,
      [](std::int64_t at, const Transition& transition) { return at < transition.at; });
  if (next == transitions_.end() && has_rule_) return rule_.OffsetAt(unix_seconds);
  return offsets_[next == transitions_.begin() ? 0 : std::prev(next)->type];
}

Result<const TimeZone*> TimeZones::Find(const std::string& name) {
  if (const auto it = known_.find(name); it != known_.end()) return &it->second;
  TimeZone zone;
  if (!name.empty() && name != "UTC") {
    const bool local = name == "Local";
    if (!local && !IsSafeName(name)) {
      return Fail(ErrorCode::kInvalidArgument, "no name of a time zone: \"" + name + "\"");
    }
    ReadBuffer buffer;
    HostFile file(local ? local_file_ : folder_ + '/' + name);
    const auto text = file.Read(buffer);
    if (text) {
      auto parsed = TimeZone::Parse(*text);
      if (!parsed) return std::move(parsed).error().Context(name);
      zone = *std::move(parsed);
    } else if (!local || text.error().code != ErrorCode::kNotFound) {
      return Fail(text.error().code, "unknown time zone \"" + name + "\"");
    }
  }
  return &known_.emplace(name, std::move(zone)).first->second;
}

}  // namespace ecsward::notify
