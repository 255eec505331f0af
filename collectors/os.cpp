#include "collectors/os.h"

#include <chrono>

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{"node_os_info", "What os-release says of the distribution; always 1.",
                       MetricType::kGauge,
                       "build_id,id,id_like,image_id,image_version,name,pretty_name,variant,"
                       "variant_id,version,version_codename,version_id"};
constexpr Metric kVersion{"node_os_version", "Version of the distribution, as major.minor.",
                          MetricType::kGauge, "id,id_like,name"};
constexpr Metric kSupportEnd{"node_os_support_end_timestamp_seconds",
                             "When support for the distribution ends, in seconds since 1970.",
                             MetricType::kGauge};

struct Key {
  std::string_view name;
  std::string OsRelease::*value;
};
constexpr Key kKeys[] = {
    {"BUILD_ID", &OsRelease::build_id},
    {"ID", &OsRelease::id},
    {"ID_LIKE", &OsRelease::id_like},
    {"IMAGE_ID", &OsRelease::image_id},
    {"IMAGE_VERSION", &OsRelease::image_version},
    {"NAME", &OsRelease::name},
    {"PRETTY_NAME", &OsRelease::pretty_name},
    {"VARIANT", &OsRelease::variant},
    {"VARIANT_ID", &OsRelease::variant_id},
    {"VERSION", &OsRelease::version},
    {"VERSION_CODENAME", &OsRelease::version_codename},
    {"VERSION_ID", &OsRelease::version_id},
};

std::string Unquote(std::string_view s) {
  const char quote = s.empty() ? '\0' : s.front();
  if (quote == '"' || quote == '\'') {
    s.remove_prefix(1);
    if (s.ends_with(quote)) s.remove_suffix(1);
  }
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\' && quote != '\'' && i + 1 < s.size()) ++i;
    out += s[i];
  }
  return out;
}

bool ParseDate(std::string_view s, double& seconds) {
  std::uint64_t year = 0, month = 0, day = 0;
  if (s.size() != 10 || s[4] != '-' || s[7] != '-' || !ParseUint(s.substr(0, 4), year) ||
      !ParseUint(s.substr(5, 2), month) || !ParseUint(s.substr(8), day)) {
    return false;
  }
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return false;
  // Straight from days: the system clock's nanoseconds end in the year 2262, and begin in 1677.
  seconds = std::chrono::duration<double>(std::chrono::sys_days(date).time_since_epoch()).count();
  return true;
}

}  // namespace

Result<OsRelease> ParseOsRelease(std::string_view text) {
  OsRelease os;
  std::size_t number = 0;
  std::string_view line;
  while (NextLine(text, line)) {
    ++number;
    line = Trim(line);
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want KEY=VALUE");
    }
    const std::string_view key = line.substr(0, equals);
    std::string value = Unquote(line.substr(equals + 1));
    if (key == "SUPPORT_END" && !value.empty()) {
      double seconds = 0;
      if (!ParseDate(value, seconds)) {
        return Fail(ErrorCode::kParse, "line " + std::to_string(number) + ": want a date");
      }
      os.support_end_seconds = seconds;
    }
    for (const Key& k : kKeys) {
      if (k.name == key) {
        os.*k.value = std::move(value);
        break;
      }
    }
  }
  return os;
}

double MajorMinor(std::string_view version_id) {
  std::size_t n = 0, dots = 0;
  while (n < version_id.size() && ((version_id[n] >= '0' && version_id[n] <= '9') ||
                                   (n > 0 && version_id[n] == '.' && dots++ == 0))) {
    ++n;
  }
  if (n > 0 && version_id[n - 1] == '.') --n;
  double value = 0;
  return ParseNumber(version_id.substr(0, n), value) ? value : 0;
}

Result<void> OsCollector::Collect(const Tick&, Recorder& out) {
  std::string_view path = "etc/os-release";
  auto text = root_.ReadFile(Tree::kRoot, path);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    path = "usr/lib/os-release";
    text = root_.ReadFile(Tree::kRoot, path);
  }
  if (!text) {
    Error error = std::move(text).error();
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kNotSupported;
    return error;
  }
  const auto parsed = ParseOsRelease(*text);
  if (!parsed) return Error(parsed.error()).Context(root_.Path(Tree::kRoot, path));
  const OsRelease& os = *parsed;
  out.Set(kInfo,
          {os.build_id, os.id, os.id_like, os.image_id, os.image_version, os.name, os.pretty_name,
           os.variant, os.variant_id, os.version, os.version_codename, os.version_id},
          1);
  if (const double version = MajorMinor(os.version_id); version > 0) {
    out.Set(kVersion, {os.id, os.id_like, os.name}, version);
  }
  if (os.support_end_seconds) out.Set(kSupportEnd, *os.support_end_seconds);
  return {};
}

}  // namespace ecsward
