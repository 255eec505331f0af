#include "exporters/notify/option_config.h"

#include <fmt/format.h>

#include "exporters/notify/channels/http_options.h"
#include "exporters/notify/content.h"
#include "rules/promql/duration.h"

namespace ecsward::notify {
namespace {

using Value = ChannelSettings::Value;

constexpr std::int64_t kLargestInteger = 1'000'000'000'000;

class OptionReader {
 public:
  OptionReader(ConfigReader& reader, const ChannelOption& option)
      : reader_(reader), option_(option) {}

  void Read(const Spot& spot, Value& value) {
    switch (option_.kind) {
      case OptionKind::kText:
      case OptionKind::kTemplate:
      case OptionKind::kUrl:
        value.given = ReadText(spot, value.text);
        break;
      case OptionKind::kSecret:
      case OptionKind::kSecretUrl:
        ReadSecret(spot, value);
        break;
      case OptionKind::kBool:
        ReadFlag(spot, value);
        break;
      case OptionKind::kInteger:
        ReadInteger(spot, value);
        break;
      case OptionKind::kDuration:
        ReadDuration(spot, value);
        break;
      case OptionKind::kList:
        ReadList(spot, value);
        break;
      case OptionKind::kMap:
      case OptionKind::kTemplateMap:
        ReadMap(spot, value);
        break;
    }
  }

  void ReadSecretFile(const Spot& spot, Value& value) {
    Secret secret = reader_.SecretFromFile(spot);
    if (reader_.files() == nullptr) {
      value.given = true;  // nobody looks
    } else if (!secret.empty() && Check(spot, secret.Reveal())) {
      value.secret = std::move(secret);
      value.given = true;
    }
  }

 private:
  // What every value of the kind must be, then what this option wants besides.
  bool Check(const Spot& spot, std::string_view text) {
    const bool url = option_.kind == OptionKind::kUrl || option_.kind == OptionKind::kSecretUrl;
    if (url) {
      if (const auto ok = CheckHttpUrl(text); !ok) return Refuse(spot, ok.error());
    }
    const bool is_template =
        option_.kind == OptionKind::kTemplate || option_.kind == OptionKind::kTemplateMap;
    if (is_template) {
      if (const auto ok = CheckNotifyTemplate(text); !ok) return Refuse(spot, ok.error());
    }
    if (option_.check == nullptr) return true;
    const auto ok = option_.check(text);
    return ok || Refuse(spot, ok.error());
  }

  bool Refuse(const Spot& spot, const Error& error) {
    reader_.Add(spot, error.message);
    return false;
  }

  bool ReadText(const Spot& spot, std::string& into) {
    std::string text;
    // A file that is named must be there.
    if (option_.kind == OptionKind::kText && option_.name.ends_with("ca_file")) {
      const bool nothing = spot.node.IsScalar() && spot.node.Scalar().empty();
      if (nothing) return false;
      reader_.File(spot, text);
    } else if (!reader_.Text(spot, text)) {
      return false;
    }
    if (!Check(spot, text)) return false;
    into = std::move(text);
    return true;
  }

  // Not through Text: what it adds to its messages is for values that may be seen.
  void ReadSecret(const Spot& spot, Value& value) {
    if (!spot.node.IsScalar()) {
      reader_.Add(spot, fmt::format("want a text, got {}", ShapeOf(spot.node)));
      return;
    }
    const std::string& text = spot.node.Scalar();
    // An empty password is none.
    if (option_.kind == OptionKind::kSecret && text.empty()) return;
    if (!reader_.Spend(text.size()) || !Check(spot, text)) return;
    value.secret = Secret(text);
    value.given = true;
  }

  void ReadFlag(const Spot& spot, Value& value) {
    bool flag = false;
    const auto before = reader_.problem_count();
    reader_.Flag(spot, flag);
    if (reader_.problem_count() != before) return;
    Put(value, flag ? "true" : "false", flag ? 1 : 0);
  }

  void ReadInteger(const Spot& spot, Value& value) {
    std::int64_t number = -1;
    reader_.Integer(spot, 0, kLargestInteger, number);
    const std::string text = std::to_string(number);
    if (number >= 0 && Check(spot, text)) Put(value, text, number);
  }

  void ReadDuration(const Spot& spot, Value& value) {
    std::chrono::milliseconds duration{-1};
    reader_.Duration(spot, duration);
    if (duration.count() < 0) return;
    const std::string text = promql::FormatDuration(duration.count());
    if (Check(spot, text)) Put(value, text, duration.count());
  }

  static void Put(Value& value, std::string text, std::int64_t number) {
    value.text = std::move(text);
    value.integer = number;
    value.given = true;
  }

  // A list, or one item.
  void ReadList(const Spot& spot, Value& value) {
    std::vector<std::string> list;
    const auto take = [&](const Spot& item) {
      std::string text;
      if (reader_.Text(item, text) && Check(item, text)) list.push_back(std::move(text));
    };
    if (spot.node.IsScalar()) {
      take(spot);
    } else {
      for (const Spot& item : reader_.Items(spot)) take(item);
    }
    value.list = std::move(list);
    value.given = true;
  }

  void ReadMap(const Spot& spot, Value& value) {
    std::vector<std::pair<std::string, std::string>> map;
    for (const NamedSpot& entry : reader_.Entries(spot)) {
      std::string text;
      const bool nothing = entry.spot.node.IsNull();
      if ((nothing || reader_.Text(entry.spot, text)) && Check(entry.spot, text)) {
        map.emplace_back(entry.name, std::move(text));
      }
    }
    value.map = std::move(map);
    value.given = true;
  }

  ConfigReader& reader_;
  const ChannelOption& option_;
};

}  // namespace

bool IsSecret(const ChannelOption& option) {
  return option.kind == OptionKind::kSecret || option.kind == OptionKind::kSecretUrl;
}

Value ReadOption(ConfigReader& reader, const ChannelOption& option, const Spot& spot,
                 bool from_file) {
  Value value;
  OptionReader option_reader(reader, option);
  if (from_file) {
    option_reader.ReadSecretFile(spot, value);
  } else {
    option_reader.Read(spot, value);
  }
  return value;
}

}  // namespace ecsward::notify
