#include "rules/template/format.h"

#include <algorithm>

#include "rules/template/format_number.h"
#include "rules/template/go_time.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

// Go's own limit for widths and precisions is a million; nobody's notification is that wide.
constexpr int kMaxWidth = 10'000;

bool Full(const std::string& out) { return out.size() > kMaxTextBytes; }

void BadVerb(const Value& value, char32_t verb, const FormatSpec& spec, std::string& out) {
  out += "%!";
  AppendRune(verb, out);
  out += '(';
  if (value.kind() == Kind::kNone) {
    out += "<nil>";
  } else {
    out += TypeName(value);
    out += '=';
    FormatValue(value, 'v', spec, out);
  }
  out += ')';
}

void FormatLabels(const LabelPairs& labels, char32_t verb, const FormatSpec& spec,
                  std::string& out) {
  out += "map[";
  bool first = true;
  for (const LabelPair& pair : labels) {
    if (Full(out)) return;
    if (!first) out += ' ';
    first = false;
    FormatValue(Value::String(pair.name), verb, spec, out);
    out += ':';
    FormatValue(Value::String(pair.value), verb, spec, out);
  }
  out += ']';
}

void FormatMap(const Value::Map& map, char32_t verb, const FormatSpec& spec, std::string& out) {
  out += "map[";
  bool first = true;
  for (const auto& [name, value] : map) {
    if (Full(out)) return;
    if (!first) out += ' ';
    first = false;
    FormatValue(Value::String(name), verb, spec, out);
    out += ':';
    if (value.kind() == Kind::kNone) {
      out += "<nil>";
    } else {
      FormatValue(value, verb, spec, out);
    }
  }
  out += ']';
}

void FormatField(std::string_view name, char32_t verb, const FormatSpec& spec, std::string& out) {
  if (out.back() != '{') out += ' ';
  if (spec.plus_v) out.append(name).append(":");
  (void)verb;
}

void FormatSample(const TemplateSample& sample, char32_t verb, const FormatSpec& spec,
                  std::string& out) {
  out += '{';
  FormatField("Labels", verb, spec, out);
  FormatLabels(sample.labels, verb, spec, out);
  FormatField("Value", verb, spec, out);
  FormatValue(Value::Float(sample.value), verb, spec, out);
  out += '}';
}

// Go shows addresses here, which help nobody; this shows the samples.
void FormatSamples(const Value::Samples& samples, char32_t verb, const FormatSpec& spec,
                   std::string& out) {
  out += '[';
  bool first = true;
  for (const Value::Sample& sample : samples) {
    if (Full(out)) return;
    if (!first) out += ' ';
    first = false;
    FormatSample(*sample, verb, spec, out);
  }
  out += ']';
}

void FormatData(const TemplateData& data, char32_t verb, const FormatSpec& spec, std::string& out) {
  out += '{';
  FormatField("Labels", verb, spec, out);
  FormatLabels(data.labels, verb, spec, out);
  FormatField("ExternalLabels", verb, spec, out);
  FormatLabels(data.external_labels, verb, spec, out);
  FormatField("ExternalURL", verb, spec, out);
  FormatValue(Value::String(data.external_url), verb, spec, out);
  FormatField("Value", verb, spec, out);
  FormatValue(Value::Float(data.value), verb, spec, out);
  out += '}';
}

void FormatObject(const Object& object, char32_t verb, const FormatSpec& spec, std::string& out) {
  out += '{';
  for (const std::string_view name : object.fields()) {
    if (Full(out)) return;
    FormatField(name, verb, spec, out);
    if (const auto value = object.Field(name)) FormatValue(*value, verb, spec, out);
  }
  out += '}';
}

void FormatList(const List& list, char32_t verb, const FormatSpec& spec, std::string& out) {
  out += '[';
  bool first = true;
  for (const Value& item : list.items) {
    if (Full(out)) return;
    if (!first) out += ' ';
    first = false;
    FormatValue(item, verb, spec, out);
  }
  out += ']';
}

// What has a name besides its number.
bool FormatNamed(std::string_view name, char32_t verb, const FormatSpec& spec, std::string& out) {
  return verb != 'd' && FormatText(name, verb, spec, out);
}

// False when the verb does not fit.
bool TryFormat(const Value& value, char32_t verb, const FormatSpec& spec, std::string& out) {
  switch (value.kind()) {
    case Kind::kNone:
      if (verb != 'v') return false;
      Pad("<nil>", spec, out);
      return true;
    case Kind::kBool:
      if (verb != 't' && verb != 'v') return false;
      Pad(value.boolean() ? "true" : "false", spec, out);
      return true;
    case Kind::kMonth:
      return FormatNamed(MonthName(value.integer()), verb, spec, out) ||
             FormatInteger(value.integer(), verb, spec, out);
    case Kind::kWeekday:
      return FormatNamed(WeekdayName(value.integer()), verb, spec, out) ||
             FormatInteger(value.integer(), verb, spec, out);
    case Kind::kInt:
    case Kind::kByte:
      return FormatInteger(value.integer(), verb, spec, out);
    case Kind::kFloat:
      return FormatFloat(value.real(), verb, spec, out);
    case Kind::kString:
    case Kind::kHtml:
      if (verb == 'v' && spec.go_syntax) return FormatText(value.text(), 'q', spec, out);
      return FormatText(value.text(), verb, spec, out);
    case Kind::kTime:
      return FormatText(FormatTime(value.moment()), verb, spec, out);
    case Kind::kDuration:
      return FormatNamed(FormatGoDuration(value.integer()), verb, spec, out) ||
             FormatInteger(value.integer(), verb, spec, out);
    case Kind::kLabels:
    case Kind::kKv:
      FormatLabels(value.labels(), verb, spec, out);
      return true;
    case Kind::kMap:
      FormatMap(value.map(), verb, spec, out);
      return true;
    case Kind::kSamples:
      FormatSamples(value.samples(), verb, spec, out);
      return true;
    case Kind::kSample:
      out += '&';
      FormatSample(*value.sample(), verb, spec, out);
      return true;
    case Kind::kData:
      FormatData(value.data(), verb, spec, out);
      return true;
    case Kind::kObject:
      FormatObject(value.object(), verb, spec, out);
      return true;
    case Kind::kList:
      FormatList(value.list(), verb, spec, out);
      return true;
  }
  return false;
}

// Takes a printf format apart.
class Formatter {
 public:
  Formatter(std::string_view format, std::span<const Value> values, std::string& out)
      : format_(format), values_(values), out_(out) {}

  void Run() {
    while (pos_ < format_.size() && !Full(out_)) {
      const auto percent = std::min(format_.find('%', pos_), format_.size());
      out_ += format_.substr(pos_, percent - pos_);
      pos_ = percent + 1;
      if (percent < format_.size()) Directive();
    }
    if (!reordered_ && next_ < values_.size() && !Full(out_)) Extra();
  }

 private:
  bool At(char c) const { return pos_ < format_.size() && format_[pos_] == c; }

  void Flags() {
    for (; pos_ < format_.size(); ++pos_) {
      switch (format_[pos_]) {
        case '#':
          spec_.sharp = true;
          break;
        case '0':
          spec_.zero = !spec_.minus;  // zeros to the left only
          break;
        case '+':
          spec_.plus = true;
          break;
        case '-':
          spec_.minus = true;
          spec_.zero = false;
          break;
        case ' ':
          spec_.space = true;
          break;
        default:
          return;
      }
    }
  }

  // -1 when there is none; what is too large ends the format, as in Go.
  int Number() {
    if (pos_ >= format_.size() || !IsDigit(static_cast<unsigned char>(format_[pos_]))) return -1;
    int number = 0;
    for (; pos_ < format_.size() && IsDigit(static_cast<unsigned char>(format_[pos_])); ++pos_) {
      number = number * 10 + (format_[pos_] - '0');
      if (number > kMaxWidth) {
        pos_ = format_.size();
        return -1;
      }
    }
    return number;
  }

  // "[3]": the third value is next.
  void Index() {
    if (!At('[')) return;
    reordered_ = true;
    const auto close = format_.find(']', pos_);
    if (close == std::string_view::npos) {
      good_index_ = false;
      ++pos_;
      return;
    }
    ++pos_;
    const int number = Number();
    good_index_ = good_index_ && pos_ == close && number >= 1 &&
                  static_cast<std::size_t>(number) <= values_.size();
    if (good_index_) next_ = static_cast<std::size_t>(number - 1);
    pos_ = close + 1;
    after_index_ = true;
  }

  // "*": a width or precision from the values. False when it is none.
  bool FromValue(int& out) {
    ++pos_;
    if (next_ >= values_.size()) return false;
    const Value& value = values_[next_++];
    if (!value.is_integer() || value.integer() > kMaxWidth || value.integer() < -kMaxWidth) {
      return false;
    }
    out = static_cast<int>(value.integer());
    return true;
  }

  void Width() {
    Index();
    if (At('*')) {
      if (!FromValue(spec_.width)) {
        out_ += "%!(BADWIDTH)";
      } else if (spec_.width < 0) {
        spec_.width = -spec_.width;
        spec_.minus = true;
        spec_.zero = false;
      }
      after_index_ = false;
      return;
    }
    spec_.width = Number();
    if (after_index_ && spec_.width >= 0) good_index_ = false;
  }

  void Precision() {
    if (!At('.') || pos_ + 1 == format_.size()) return;
    ++pos_;
    if (after_index_) good_index_ = false;
    Index();
    if (At('*')) {
      if (!FromValue(spec_.precision) || spec_.precision < 0) {
        out_ += "%!(BADPREC)";
        spec_.precision = -1;
      }
      after_index_ = false;
      return;
    }
    spec_.precision = std::max(Number(), 0);
  }

  void Directive() {
    spec_ = {};
    after_index_ = false;
    good_index_ = true;
    Flags();
    Width();
    Precision();
    if (!after_index_) Index();
    if (pos_ >= format_.size()) {
      out_ += "%!(NOVERB)";
      return;
    }
    const Rune verb = DecodeRune(format_.substr(pos_));
    pos_ += verb.size;
    if (verb.value == '%') {
      out_ += '%';
    } else if (!good_index_) {
      Wrong(verb.value, "BADINDEX");
    } else if (next_ >= values_.size()) {
      Wrong(verb.value, "MISSING");
    } else {
      const Value& value = values_[next_++];
      if (verb.value == 'T') {
        Pad(TypeName(value), spec_, out_);
        return;
      }
      if (verb.value == 'v') {
        spec_.go_syntax = std::exchange(spec_.sharp, false);
        spec_.plus_v = std::exchange(spec_.plus, false);
      }
      if (verb.value == 'w') {  // for errors, which no template has
        BadVerb(value, verb.value, spec_, out_);
      } else {
        FormatValue(value, verb.value, spec_, out_);
      }
    }
  }

  void Wrong(char32_t verb, std::string_view what) {
    out_ += "%!";
    AppendRune(verb, out_);
    out_.append("(").append(what).append(")");
  }

  void Extra() {
    out_ += "%!(EXTRA ";
    for (std::size_t i = next_; i < values_.size() && !Full(out_); ++i) {
      if (i > next_) out_ += ", ";
      out_ += TypeName(values_[i]);
      if (values_[i].kind() == Kind::kNone) continue;
      out_ += '=';
      FormatValue(values_[i], 'v', {}, out_);
    }
    out_ += ')';
  }

  std::string_view format_;
  std::span<const Value> values_;
  std::string& out_;
  std::size_t pos_ = 0, next_ = 0;
  FormatSpec spec_;
  bool reordered_ = false, after_index_ = false, good_index_ = true;
};

}  // namespace

void FormatValue(const Value& value, char32_t verb, const FormatSpec& spec, std::string& out) {
  if (Full(out)) return;
  if (!TryFormat(value, verb, spec, out)) BadVerb(value, verb, spec, out);
}

void Print(std::span<const Value> values, std::string& out) {
  for (std::size_t i = 0; i < values.size() && !Full(out); ++i) {
    if (i > 0 && !values[i].is_text() && !values[i - 1].is_text()) out += ' ';
    FormatValue(values[i], 'v', {}, out);
  }
}

void Printf(std::string_view format, std::span<const Value> values, std::string& out) {
  Formatter(format, values, out).Run();
}

void Println(std::span<const Value> values, std::string& out) {
  for (std::size_t i = 0; i < values.size() && !Full(out); ++i) {
    if (i > 0) out += ' ';
    FormatValue(values[i], 'v', {}, out);
  }
  out += '\n';
}

std::string FormatG(double value, int precision) {
  FormatSpec spec;
  spec.precision = precision;
  std::string out;
  FormatFloat(value, 'g', spec, out);
  return out;
}

}  // namespace ecsward::templates
