#include "collectors/text_format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "collectors/text_scan.h"
#include "metrics/exposition.h"

namespace ecsward {
namespace {

struct Label {
  std::string_view name;
  std::string value;
};

// Inserting them out of order costs their square.
constexpr std::size_t kMaxPoints = 10'000;

enum class Part { kValue, kPoint, kSum, kCount };

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

void SkipBlanks(std::string_view& s) {
  while (!s.empty() && IsBlank(s.front())) s.remove_prefix(1);
}

// Takes a metric's name (with colons) or a label's off `s`; empty when there is none.
std::string_view TakeName(std::string_view& s, bool colons) {
  std::size_t n = 0;
  while (n < s.size() && (IsLetter(s[n]) || (colons && s[n] == ':') || (n > 0 && IsDigit(s[n])))) {
    ++n;
  }
  const std::string_view name = s.substr(0, n);
  s.remove_prefix(n);
  return name;
}

// Takes what stands before the next blank off `s`, and the blanks after it.
std::string_view TakeWord(std::string_view& s) {
  const std::string_view word = s.substr(0, s.find_first_of(" \t"));
  s.remove_prefix(word.size());
  SkipBlanks(s);
  return word;
}

// Also "+Inf", "-inf", "NaN", "Infinity" in any case, as Prometheus reads them.
bool ParseValue(std::string_view s, double& out) {
  if (!s.empty() && s.front() == '+') {
    s.remove_prefix(1);
    if (!s.empty() && s.front() == '-') return false;
  }
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out);
  return error == std::errc() && end == s.data() + s.size() &&
         s.find('(') == std::string_view::npos;  // "nan(1)" is C's own
}

bool ParseType(std::string_view word, MetricType& out) {
  std::string lower(word);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const MetricType type : {MetricType::kCounter, MetricType::kGauge, MetricType::kUntyped,
                                MetricType::kHistogram, MetricType::kSummary}) {
    if (lower == ToString(type)) {
      out = type;
      return true;
    }
  }
  return false;
}

class Parser {
 public:
  explicit Parser(std::size_t max_samples) : max_samples_(max_samples) {}

  Result<TextPage> Parse(std::string_view text) {
    std::string_view line;
    const bool cut_off = !text.empty() && text.back() != '\n';
    while (NextLine(text, line)) {
      ++line_;
      SkipBlanks(line);
      if (text.empty() && cut_off && !line.empty()) {
        return Wrong("want a newline at the end: the text is cut off");
      }
      if (line.empty()) continue;
      auto done = line.front() == '#' ? Comment(line.substr(1)) : Sample(line);
      if (!done) return std::move(done).error();
    }
    Finish();
    return std::move(page_);
  }

 private:
  // A family while it is being read: its metrics by their labels.
  struct Open {
    std::size_t index = 0;  // into page_.families
    bool has_type = false;
    std::unordered_map<std::string, std::size_t> by_labels = {};
    std::vector<std::vector<Label>> labels = {};  // of each metric, sorted by name
    std::vector<unsigned> seen = {};              // of each metric: bits of Part
  };

  Error Wrong(std::string_view what) const {
    return Fail(ErrorCode::kParse, "line " + std::to_string(line_) + ": " + std::string(what));
  }

  Open& Family(std::string_view name) {
    const auto [it, fresh] = open_.try_emplace(std::string(name));
    if (fresh) {
      it->second.index = page_.families.size();
      page_.families.emplace_back().name = name;
    }
    return it->second;
  }
  TextFamily& Of(const Open& open) { return page_.families[open.index]; }

  Result<void> Comment(std::string_view rest) {
    SkipBlanks(rest);
    const std::string_view keyword = TakeWord(rest);
    if (keyword != "HELP" && keyword != "TYPE") return {};
    const std::string_view name = TakeName(rest, true);
    if (name.empty() || (!rest.empty() && !IsBlank(rest.front()))) {
      return Wrong("want a metric name after HELP or TYPE");
    }
    SkipBlanks(rest);
    Open& open = Family(name);
    TextFamily& family = Of(open);
    if (keyword == "HELP") {
      if (family.has_help) return Wrong("a second HELP for " + family.name);
      family.has_help = true;
      return Unescape(rest, family.help);
    }
    if (open.has_type || !family.metrics.empty()) {
      return Wrong("a second TYPE for " + family.name + ", or TYPE after its samples");
    }
    open.has_type = true;
    if (!ParseType(Trim(rest), family.type)) {
      return Wrong("want counter, gauge, histogram, summary or untyped");
    }
    return {};
  }

  Result<void> Unescape(std::string_view text, std::string& out) const {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        out += text[i];
        continue;
      }
      const char next = ++i < text.size() ? text[i] : '\0';
      if (next != '\\' && next != 'n') return Wrong("want \\\\ or \\n after a backslash");
      out += next == 'n' ? '\n' : '\\';
    }
    return {};
  }

  Result<void> Labels(std::string_view& rest, std::vector<Label>& out) const {
    rest.remove_prefix(1);  // {
    for (;;) {
      SkipBlanks(rest);
      if (!rest.empty() && rest.front() == '}') break;
      const std::string_view name = TakeName(rest, false);
      if (name.empty()) return Wrong("want a label name or }");
      if (name == "__name__") return Wrong("the label __name__ is reserved");
      SkipBlanks(rest);
      if (rest.empty() || rest.front() != '=') return Wrong("want = after a label name");
      rest.remove_prefix(1);
      SkipBlanks(rest);
      if (rest.empty() || rest.front() != '"') return Wrong("want a quoted label value");
      rest.remove_prefix(1);
      std::string value;
      if (auto done = Quoted(rest, value); !done) return done;
      if (!IsUtf8(value)) return Wrong("the value of " + std::string(name) + " is not UTF-8");
      out.push_back({name, std::move(value)});
      SkipBlanks(rest);
      if (rest.empty() || (rest.front() != ',' && rest.front() != '}')) {
        return Wrong("want , or } after a label value");
      }
      if (rest.front() == ',') rest.remove_prefix(1);
    }
    rest.remove_prefix(1);  // }
    std::sort(out.begin(), out.end(),
              [](const Label& a, const Label& b) { return a.name < b.name; });
    for (std::size_t i = 1; i < out.size(); ++i) {
      if (out[i].name == out[i - 1].name) {
        return Wrong("the label " + std::string(out[i].name) + " twice");
      }
    }
    return {};
  }

  // From behind the opening quote to behind the closing one.
  Result<void> Quoted(std::string_view& rest, std::string& out) const {
    while (!rest.empty()) {
      const char c = rest.front();
      rest.remove_prefix(1);
      if (c == '"') return {};
      if (c != '\\') {
        out += c;
        continue;
      }
      const char next = rest.empty() ? '\0' : rest.front();
      if (next != '\\' && next != '"' && next != 'n') {
        return Wrong("want \\\\, \\\" or \\n after a backslash");
      }
      rest.remove_prefix(1);
      out += next == 'n' ? '\n' : next;
    }
    return Wrong("want a closing quote");
  }

  // The family that a sample of this name belongs to, and as which part: "x_sum" is x's sum when x
  // is a histogram or a summary.
  Open& FamilyOfSample(std::string_view name, Part& part) {
    struct Suffix {
      std::string_view text;
      Part part;
    };
    constexpr Suffix kSuffixes[] = {
        {"_bucket", Part::kPoint}, {"_sum", Part::kSum}, {"_count", Part::kCount}};
    part = Part::kValue;
    if (!open_.contains(std::string(name))) {
      for (const Suffix& suffix : kSuffixes) {
        if (!name.ends_with(suffix.text)) continue;
        const auto it = open_.find(std::string(name.substr(0, name.size() - suffix.text.size())));
        if (it == open_.end()) continue;
        const MetricType type = Of(it->second).type;
        if (type == MetricType::kHistogram ||
            (type == MetricType::kSummary && suffix.part != Part::kPoint)) {
          part = suffix.part;
          return it->second;
        }
      }
    }
    Open& open = Family(name);
    if (Of(open).type == MetricType::kSummary) part = Part::kPoint;
    return open;
  }

  Result<void> Sample(std::string_view rest) {
    if (++page_.samples > max_samples_) {
      return Wrong("more than " + std::to_string(max_samples_) + " samples");
    }
    const std::string_view name = TakeName(rest, true);
    if (name.empty()) return Wrong("want a metric name");
    SkipBlanks(rest);
    std::vector<Label> labels;
    if (!rest.empty() && rest.front() == '{') {
      if (auto done = Labels(rest, labels); !done) return done;
      SkipBlanks(rest);
    }
    double value = 0;
    const std::string_view word = TakeWord(rest);
    if (word.empty()) return Wrong("want a value after " + std::string(name));
    if (!ParseValue(word, value)) return Wrong("want a number, got " + Shown(word));
    if (!rest.empty()) {
      std::int64_t unused = 0;
      const std::string_view time = TakeWord(rest);
      if (!ParseInt(time, unused)) return Wrong("want a timestamp, got " + Shown(time));
      if (!rest.empty()) return Wrong("want the end of the line, got " + Shown(rest));
      if (page_.first_timestamp == 0) page_.first_timestamp = line_;
    }
    return Keep(name, std::move(labels), value);
  }

  Result<void> Keep(std::string_view name, std::vector<Label> labels, double value) {
    Part part = Part::kValue;
    Open& open = FamilyOfSample(name, part);
    TextFamily& family = Of(open);
    if (family.type == MetricType::kHistogram && part == Part::kValue) {
      return Wrong(family.name + " is a histogram: want _bucket, _sum or _count");
    }
    double bound = 0;
    if (part == Part::kPoint) {
      const std::string_view key = family.type == MetricType::kHistogram ? "le" : "quantile";
      const auto it = std::find_if(labels.begin(), labels.end(),
                                   [key](const Label& label) { return label.name == key; });
      if (it == labels.end()) return Wrong("want a label " + std::string(key));
      if (!ParseValue(it->value, bound) || std::isnan(bound)) {
        return Wrong("want a number as " + std::string(key) + ", got " + Shown(it->value));
      }
      labels.erase(it);
    }
    TextMetric& metric = MetricOf(open, std::move(labels));
    unsigned& seen = open.seen[static_cast<std::size_t>(&metric - family.metrics.data())];
    const unsigned bit = 1U << static_cast<unsigned>(part);
    if (part == Part::kPoint) return AddPoint(metric.points, {bound, value});
    if ((seen & bit) != 0) {
      NoteDuplicate();
      return {};
    }
    seen |= bit;
    (part == Part::kSum ? metric.sum : part == Part::kCount ? metric.count : metric.value) = value;
    return {};
  }

  void NoteDuplicate() {
    if (page_.first_duplicate == 0) page_.first_duplicate = line_;
  }

  // Points come in order from every sane writer. Keeping them so brings a repeated one to light.
  Result<void> AddPoint(std::vector<TextPoint>& points, TextPoint point) {
    if (points.size() >= kMaxPoints) {
      return Wrong("more than " + std::to_string(kMaxPoints) + " buckets or quantiles");
    }
    const auto at =
        std::lower_bound(points.begin(), points.end(), point,
                         [](const TextPoint& a, const TextPoint& b) { return a.bound < b.bound; });
    if (at != points.end() && at->bound == point.bound) {
      NoteDuplicate();
    } else {
      points.insert(at, point);
    }
    return {};
  }

  TextMetric& MetricOf(Open& open, std::vector<Label> labels) {
    std::string key;
    for (const Label& label : labels) {
      key.append(label.name).append(1, '\0').append(std::to_string(label.value.size()));
      key.append(1, '\0').append(label.value);
    }
    TextFamily& family = Of(open);
    const auto [it, fresh] = open.by_labels.try_emplace(std::move(key), family.metrics.size());
    if (fresh) {
      family.metrics.emplace_back();
      open.labels.push_back(std::move(labels));
      open.seen.push_back(0);
    }
    return family.metrics[it->second];
  }

  static std::string Shown(std::string_view word) {
    std::string out = "\"";
    AppendLabelValue(word.substr(0, 40), out);
    return out + "\"";
  }

  void Finish() {
    for (auto& [name, open] : open_) {
      TextFamily& family = Of(open);
      for (const auto& labels : open.labels) {
        for (const Label& label : labels) family.label_names.emplace_back(label.name);
        std::sort(family.label_names.begin(), family.label_names.end());
        family.label_names.erase(std::unique(family.label_names.begin(), family.label_names.end()),
                                 family.label_names.end());
      }
      for (std::size_t i = 0; i < family.metrics.size(); ++i) {
        TextMetric& metric = family.metrics[i];
        metric.label_values.resize(family.label_names.size());
        for (Label& label : open.labels[i]) {
          const auto at =
              std::lower_bound(family.label_names.begin(), family.label_names.end(), label.name);
          metric.label_values[static_cast<std::size_t>(at - family.label_names.begin())] =
              std::move(label.value);
        }
        if (family.type == MetricType::kHistogram) Complete(metric, open.seen[i]);
      }
    }
    std::erase_if(page_.families, [](const TextFamily& f) { return f.metrics.empty(); });
  }

  // A histogram's last bucket holds everything, and so does its count.
  static void Complete(TextMetric& metric, unsigned seen) {
    constexpr double kInf = std::numeric_limits<double>::infinity();
    const bool has_last = !metric.points.empty() && metric.points.back().bound == kInf;
    if ((seen & (1U << static_cast<unsigned>(Part::kCount))) == 0 && has_last) {
      metric.count = metric.points.back().value;
    }
    if (!has_last) metric.points.push_back({kInf, metric.count});
  }

  const std::size_t max_samples_;
  std::size_t line_ = 0;
  TextPage page_;
  std::unordered_map<std::string, Open> open_;
};

}  // namespace

Result<TextPage> ParseTextFormat(std::string_view text, std::size_t max_samples) {
  return Parser(max_samples).Parse(text);
}

}  // namespace ecsward
