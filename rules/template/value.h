// What a template computes with. Copies are cheap: what is big is shared and never changed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "metrics/labels.h"
#include "rules/template/go_time.h"
#include "rules/template/template.h"

namespace ecsward::templates {

// The longest text that a function may make.
inline constexpr std::size_t kMaxTextBytes = std::size_t{256} << 10;

enum class Kind : std::uint8_t {
  kNone,  // nil, and what is not there
  kBool,
  kInt,
  kByte,  // of a string that is indexed
  kFloat,
  kString,
  kHtml,     // safeHtml's: a string by another name
  kLabels,   // map[string]string
  kKv,       // the same with Alertmanager's methods
  kMap,      // map[string]any: what `args` makes
  kSamples,  // what `query` gives
  kSample,
  kTime,      // what `toTime` gives
  kDuration,  // in nanoseconds
  kMonth,
  kWeekday,
  kData,    // the dot of the whole template
  kObject,  // a struct of the caller's
  kList,
};

struct List;
struct Method;
class Object;

class Value {
 public:
  using Map = std::map<std::string, Value>;
  using Sample = std::shared_ptr<const TemplateSample>;
  using Samples = std::vector<Sample>;

  Value() = default;
  static Value Bool(bool value) { return {Kind::kBool, value}; }
  static Value Int(std::int64_t value) { return {Kind::kInt, value}; }
  static Value Byte(unsigned char value) { return {Kind::kByte, std::int64_t{value}}; }
  static Value Float(double value) { return {Kind::kFloat, value}; }
  static Value String(std::string text) {
    return {Kind::kString, std::make_shared<const std::string>(std::move(text))};
  }
  static Value Html(std::string text) {
    return {Kind::kHtml, std::make_shared<const std::string>(std::move(text))};
  }
  static Value Labels(std::shared_ptr<const LabelPairs> labels) {
    return {Kind::kLabels, std::move(labels)};
  }
  // `depth`: of maps in maps.
  static Value MapOf(std::shared_ptr<const Map> map, int depth) {
    Value value(Kind::kMap, std::move(map));
    value.depth_ = depth;
    return value;
  }
  static Value KvOf(std::shared_ptr<const LabelPairs> labels) {
    return {Kind::kKv, std::move(labels)};
  }
  static Value SamplesOf(std::shared_ptr<const Samples> samples) {
    return {Kind::kSamples, std::move(samples)};
  }
  static Value SampleOf(Sample sample) { return {Kind::kSample, std::move(sample)}; }
  static Value Time(std::int64_t unix_ms) { return {Kind::kTime, Moment{unix_ms}}; }
  static Value Time(const Moment& moment) { return {Kind::kTime, moment}; }
  static Value Duration(std::int64_t nanoseconds) { return {Kind::kDuration, nanoseconds}; }
  static Value Number(Kind kind, std::int64_t value) { return {kind, value}; }
  static Value Data(const TemplateData& data) { return {Kind::kData, &data}; }
  static Value ObjectOf(std::shared_ptr<const Object> object) {
    return {Kind::kObject, std::move(object)};
  }
  static Value ListOf(std::shared_ptr<const List> list) { return {Kind::kList, std::move(list)}; }
  static Value TextsOf(std::vector<std::string> texts);  // []string

  Kind kind() const { return kind_; }
  int depth() const { return depth_; }
  bool is_labels() const { return kind_ == Kind::kLabels || kind_ == Kind::kKv; }
  bool is_text() const { return kind_ == Kind::kString || kind_ == Kind::kHtml; }
  // A whole number of any type.
  bool is_integer() const {
    return kind_ == Kind::kInt || kind_ == Kind::kByte || kind_ == Kind::kMonth ||
           kind_ == Kind::kWeekday;
  }

  // Only of the kind that has it.
  bool boolean() const { return std::get<bool>(held_); }
  std::int64_t integer() const { return std::get<std::int64_t>(held_); }
  double real() const { return std::get<double>(held_); }
  const std::string& text() const { return *std::get<Text>(held_); }
  const LabelPairs& labels() const { return *std::get<LabelsHeld>(held_); }
  const std::shared_ptr<const LabelPairs>& shared_labels() const {
    return std::get<LabelsHeld>(held_);
  }
  const Map& map() const { return *std::get<MapHeld>(held_); }
  const Samples& samples() const { return *std::get<SamplesHeld>(held_); }
  const Sample& sample() const { return std::get<Sample>(held_); }
  const TemplateData& data() const { return *std::get<const TemplateData*>(held_); }
  const Moment& moment() const { return std::get<Moment>(held_); }
  const Object& object() const { return *std::get<ObjectHeld>(held_); }
  const List& list() const { return *std::get<ListHeld>(held_); }

 private:
  using Text = std::shared_ptr<const std::string>;
  using LabelsHeld = std::shared_ptr<const LabelPairs>;
  using MapHeld = std::shared_ptr<const Map>;
  using SamplesHeld = std::shared_ptr<const Samples>;
  using ObjectHeld = std::shared_ptr<const Object>;
  using ListHeld = std::shared_ptr<const List>;
  using Held = std::variant<std::monostate, bool, std::int64_t, double, Text, LabelsHeld, MapHeld,
                            SamplesHeld, Sample, const TemplateData*, Moment, ObjectHeld, ListHeld>;

  Value(Kind kind, Held held) : held_(std::move(held)), kind_(kind) {}

  Held held_;
  Kind kind_ = Kind::kNone;
  int depth_ = 0;
};

// A struct of the caller's. It outlives nothing: values share it.
class Object {
 public:
  virtual ~Object() = default;
  virtual std::string_view type() const = 0;                     // "template.Alert"
  virtual std::span<const std::string_view> fields() const = 0;  // in order, as they are printed
  // Nothing when there is none of that name; it may know more than fields() says.
  virtual std::optional<Value> Field(std::string_view name) const = 0;
};

struct List {
  std::string_view type;  // "[]string"
  std::vector<Value> items;
  std::span<const Method> methods = {};  // see fields.h
};
inline constexpr std::string_view kTextsType = "[]string";

// As Go names it: "float64", "map[string]string", "template.queryResult"; "<nil>" for kNone.
std::string_view TypeName(const Value& value);
// What {{if}} goes by: not zero, not empty.
bool IsTrue(const Value& value);

}  // namespace ecsward::templates
