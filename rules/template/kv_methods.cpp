// Alertmanager's KV, which label sets and annotations are in notifications, and its Pairs.
// source: https://prometheus.io/docs/alerting/latest/notifications/#kv
#include <algorithm>
#include <array>
#include <memory>

#include "rules/template/fields.h"

namespace ecsward::templates {
namespace {

class PairObject : public Object {
 public:
  // `pair` is of `owner`.
  PairObject(std::shared_ptr<const LabelPairs> owner, const LabelPair& pair)
      : owner_(std::move(owner)), pair_(pair) {}

  std::string_view type() const override { return "template.Pair"; }
  std::span<const std::string_view> fields() const override {
    static constexpr std::array<std::string_view, 2> kFields = {"Name", "Value"};
    return kFields;
  }
  std::optional<Value> Field(std::string_view name) const override {
    if (name == "Name") return Value::String(pair_.name);
    if (name == "Value") return Value::String(pair_.value);
    return std::nullopt;
  }

 private:
  std::shared_ptr<const LabelPairs> owner_;
  const LabelPair& pair_;
};

// By name, but the alert's own name first.
std::vector<const LabelPair*> InOrder(const LabelPairs& labels) {
  std::vector<const LabelPair*> out;
  out.reserve(labels.size());
  for (const LabelPair& pair : labels) out.push_back(&pair);
  std::stable_partition(out.begin(), out.end(),
                        [](const LabelPair* pair) { return pair->name == "alertname"; });
  return out;
}

Value TextsOf(const Value& kv, std::string LabelPair::*part) {
  std::vector<std::string> texts;
  for (const LabelPair* pair : InOrder(kv.labels())) texts.push_back(pair->*part);
  return Value::TextsOf(std::move(texts));
}

Value FieldsOf(const Value& pairs, std::string_view field) {
  auto out = std::make_shared<List>();
  out->type = kTextsType;
  for (const Value& item : pairs.list().items) {
    if (item.kind() == Kind::kObject)
      out->items.push_back(item.object().Field(field).value_or(Value()));
  }
  return Value::ListOf(std::move(out));
}

constexpr std::array kPairsMethods = {
    Method{"Names", Parameter::kNone,
           [](const Value& v, const Value&) { return FieldsOf(v, "Name"); }},
    Method{"Values", Parameter::kNone,
           [](const Value& v, const Value&) { return FieldsOf(v, "Value"); }},
};

Value SortedPairs(const Value& kv, const Value&) {
  auto out = std::make_shared<List>();
  out->type = "template.Pairs";
  out->methods = kPairsMethods;
  for (const LabelPair* pair : InOrder(kv.labels())) {
    out->items.push_back(
        Value::ObjectOf(std::make_shared<const PairObject>(kv.shared_labels(), *pair)));
  }
  return Value::ListOf(std::move(out));
}

Value Remove(const Value& kv, const Value& names) {
  const std::vector<Value>& items = names.list().items;
  auto out = std::make_shared<LabelPairs>();
  for (const LabelPair& pair : kv.labels()) {
    const bool named = std::any_of(items.begin(), items.end(),
                                   [&](const Value& item) { return item.text() == pair.name; });
    if (!named) out->push_back(pair);
  }
  return Value::KvOf(std::move(out));
}

constexpr std::array kKvMethods = {
    Method{"Names", Parameter::kNone,
           [](const Value& v, const Value&) { return TextsOf(v, &LabelPair::name); }},
    Method{"Remove", Parameter::kTexts, Remove},
    Method{"SortedPairs", Parameter::kNone, SortedPairs},
    Method{"Values", Parameter::kNone,
           [](const Value& v, const Value&) { return TextsOf(v, &LabelPair::value); }},
};

}  // namespace

std::span<const Method> KvMethods() { return kKvMethods; }

}  // namespace ecsward::templates
