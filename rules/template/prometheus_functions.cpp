// Prometheus's functions.
// source: https://prometheus.io/docs/prometheus/latest/configuration/template_reference/
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "rules/promql/duration.h"
#include "rules/template/escape.h"
#include "rules/template/functions.h"
#include "rules/template/humanize.h"
#include "rules/template/numbers.h"
#include "rules/template/regexps.h"
#include "rules/template/unicode.h"

namespace ecsward::templates {
namespace {

using Data = const TemplateData&;
using Text = const std::string&;

Error Wrong(std::string message) { return Fail(ErrorCode::kInvalidArgument, std::move(message)); }

// Samples.

Result<Value> Query(Data data, Arguments a) {
  if (!data.query) return Wrong("queries are not possible here");
  auto found = data.query(a[0].text());
  if (!found) return std::move(found).error();
  auto samples = std::make_shared<Value::Samples>();
  samples->reserve(found->size());
  for (TemplateSample& sample : *found) {
    samples->push_back(std::make_shared<const TemplateSample>(std::move(sample)));
  }
  return Value::SamplesOf(std::move(samples));
}

Result<Value> FirstSample(Data, Arguments a) {
  if (a[0].samples().empty()) return Wrong("first() called on vector with no elements");
  return Value::SampleOf(a[0].samples().front());
}

Result<Value> Label(Data, Arguments a) {
  return Value::String(std::string(Get(a[1].sample()->labels, a[0].text())));
}
Result<Value> SampleValue(Data, Arguments a) { return Value::Float(a[0].sample()->value); }
Result<Value> StrValue(Data, Arguments a) {
  return Value::String(std::string(Get(a[0].sample()->labels, "__value__")));
}

Result<Value> SortByLabel(Data, Arguments a) {
  auto samples = std::make_shared<Value::Samples>(a[1].samples());
  const std::string& name = a[0].text();
  std::stable_sort(samples->begin(), samples->end(),
                   [&](const Value::Sample& x, const Value::Sample& y) {
                     return Get(x->labels, name) < Get(y->labels, name);
                   });
  return Value::SamplesOf(std::move(samples));
}

// Maps in maps, one for each call: what prints or frees them calls itself as often.
constexpr int kMaxMapDepth = 50;

Result<Value> Args(Data, Arguments a) {
  auto map = std::make_shared<Value::Map>();
  int depth = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    depth = std::max(depth, a[i].depth());
    (*map)["arg" + std::to_string(i)] = a[i];
  }
  if (depth >= kMaxMapDepth) return Wrong("maps are nested too deeply");
  return Value::MapOf(std::move(map), depth + 1);
}

// Numbers, which may come as texts.

Result<double> ToFloat(const Value& value) {
  if (value.kind() == Kind::kFloat) return value.real();
  if (value.kind() == Kind::kInt) return static_cast<double>(value.integer());
  if (value.kind() == Kind::kDuration) return static_cast<double>(value.integer()) / 1e9;
  if (value.kind() == Kind::kString) return ParseFloat(value.text());
  return Wrong("can't convert " + std::string(TypeName(value)) + " to float");
}

template <auto kShow>
Result<Value> Number(Data, Arguments a) {
  const auto number = ToFloat(a[0]);
  if (!number) return number.error();
  Result<std::string> text = kShow(*number);
  if (!text) return std::move(text).error();
  return Value::String(std::move(*text));
}

Result<Value> ToTime(Data, Arguments a) {
  const auto number = ToFloat(a[0]);
  if (!number) return number.error();
  const auto ms = ToUnixMs(*number);
  if (!ms) return ms.error();
  return Value::Time(*ms);
}

Result<Value> ParseDurationText(Data, Arguments a) {
  const auto ms = promql::ParseDuration(a[0].text());
  if (!ms) return ms.error();
  return Value::Float(static_cast<double>(*ms) / 1000);
}

// Texts.

template <auto kChange>
Result<Value> Change(Data, Arguments a) {
  return Value::String(kChange(a[0].text()));
}

template <auto kRune>
std::string EachRune(Text text) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const Rune rune = DecodeRune(rest);
    AppendRune(kRune(rune.value), out);
    rest.remove_prefix(rune.size);
  }
  return out;
}

// Whether a word may begin behind it.
bool SeparatesWords(char32_t c) {
  if (c == '_' || IsDigit(c) || IsLetter(c)) return false;
  return c < 0x80 || IsSpace(c);
}

// The first letter of every word in upper case.
std::string Title(Text text) {
  std::string out;
  std::string_view rest = text;
  char32_t before = ' ';
  while (!rest.empty()) {
    const Rune rune = DecodeRune(rest);
    AppendRune(SeparatesWords(before) ? ToUpper(rune.value) : rune.value, out);
    before = rune.value;
    rest.remove_prefix(rune.size);
  }
  return out;
}

Result<Value> Match(Data, Arguments a) {
  const auto matches = MatchRegexp(a[0].text(), a[1].text());
  if (!matches) return matches.error();
  return Value::Bool(*matches);
}

Result<Value> ReReplaceAll(Data, Arguments a) {
  auto text = ReplaceRegexp(a[0].text(), a[1].text(), a[2].text());
  // Go's panics here, and says where.
  if (!text) {
    const std::string& pattern = a[0].text();
    const bool plain = pattern.find('`') == std::string::npos;
    return Wrong("regexp: Compile(" + (plain ? "`" + pattern + "`" : Quote(pattern)) +
                 "): " + text.error().message);
  }
  return Value::String(std::move(*text));
}

Result<Value> SafeHtml(Data, Arguments a) { return Value::Html(a[0].text()); }

std::string GraphLink(Text expression) {
  return "/graph?g0.expr=" + EscapeQuery(expression) + "&g0.tab=0";
}
std::string TableLink(Text expression) {
  return "/graph?g0.expr=" + EscapeQuery(expression) + "&g0.tab=1";
}

// Hosts.

struct HostPort {
  std::string host, port;
};

// "host:9100", "[::1]:9100"; nothing for other texts.
std::optional<HostPort> SplitHostPort(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos || close + 1 != colon) return std::nullopt;
    host = text.substr(1, close - 1);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  constexpr std::string_view kBrackets = "[]";
  if (host.find_first_of(kBrackets) != std::string_view::npos ||
      port.find_first_of(kBrackets) != std::string_view::npos) {
    return std::nullopt;
  }
  return HostPort{std::string(host), std::string(port)};
}

bool IsAddress(Text text) {
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

std::string StripPort(Text text) {
  const auto parts = SplitHostPort(text);
  return parts ? parts->host : text;
}

std::string StripDomain(Text text) {
  const auto parts = SplitHostPort(text);
  const std::string host = parts ? parts->host : text;
  if (IsAddress(host)) return text;
  std::string name = host.substr(0, host.find('.'));
  if (!parts || parts->port.empty()) return name;
  const bool colons = name.find(':') != std::string::npos;
  return (colons ? "[" + name + "]" : name) + ":" + parts->port;
}

// The agent's own address.

Result<Value> ExternalUrl(Data data, Arguments) { return Value::String(data.external_url); }

// "/prom" of "http://example.com/prom?x".
Result<Value> PathPrefix(Data data, Arguments) {
  std::string_view url = data.external_url;
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find_first_of("?#"));
  const auto slash = url.find('/');
  return Value::String(slash == std::string_view::npos ? std::string()
                                                       : std::string(url.substr(slash)));
}

constexpr auto kAny = Parameter::kAny;
constexpr auto kString = Parameter::kString;
constexpr auto kSample = Parameter::kSample;
constexpr auto kSamples = Parameter::kSamples;

constexpr std::array kFunctions = {
    Function{"args", 0, -1, kAny, kAny, Args},
    Function{"externalURL", 0, 0, kAny, kAny, ExternalUrl},
    Function{"first", 1, 1, kSamples, kAny, FirstSample},
    Function{"graphLink", 1, 1, kString, kAny, Change<GraphLink>},
    Function{"humanize", 1, 1, kAny, kAny, Number<Humanize>},
    Function{"humanize1024", 1, 1, kAny, kAny, Number<Humanize1024>},
    Function{"humanizeDuration", 1, 1, kAny, kAny, Number<HumanizeDuration>},
    Function{"humanizePercentage", 1, 1, kAny, kAny, Number<HumanizePercentage>},
    Function{"humanizeTimestamp", 1, 1, kAny, kAny, Number<HumanizeTimestamp>},
    Function{"label", 2, 2, kString, kSample, Label},
    Function{"match", 2, 2, kString, kString, Match},
    Function{"parseDuration", 1, 1, kString, kAny, ParseDurationText},
    Function{"pathPrefix", 0, 0, kAny, kAny, PathPrefix},
    Function{"query", 1, 1, kString, kAny, Query},
    Function{"reReplaceAll", 3, 3, kString, kString, ReReplaceAll},
    Function{"safeHtml", 1, 1, kString, kAny, SafeHtml},
    Function{"sortByLabel", 2, 2, kString, kSamples, SortByLabel},
    Function{"stripDomain", 1, 1, kString, kAny, Change<StripDomain>},
    Function{"stripPort", 1, 1, kString, kAny, Change<StripPort>},
    Function{"strvalue", 1, 1, kSample, kAny, StrValue},
    Function{"tableLink", 1, 1, kString, kAny, Change<TableLink>},
    Function{"title", 1, 1, kString, kAny, Change<Title>},
    Function{"toLower", 1, 1, kString, kAny, Change<EachRune<ToLower>>},
    Function{"toTime", 1, 1, kAny, kAny, ToTime},
    Function{"toUpper", 1, 1, kString, kAny, Change<EachRune<ToUpper>>},
    Function{"value", 1, 1, kSample, kAny, SampleValue},
};

}  // namespace

std::span<const Function> PrometheusFunctions() { return kFunctions; }

}  // namespace ecsward::templates
