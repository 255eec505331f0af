#include "metrics/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

namespace ecsward {
namespace {

struct KindName {
  EvidenceKind kind;
  std::string_view name;
};
constexpr std::array kKinds = {
    KindName{EvidenceKind::kCpu, "cpu"},   KindName{EvidenceKind::kMemory, "memory"},
    KindName{EvidenceKind::kDisk, "disk"}, KindName{EvidenceKind::kNetwork, "network"},
    KindName{EvidenceKind::kPort, "port"},
};

// What stands between names and numbers.
struct Words {
  std::string_view before, peak, colon, pause, open, close;
};
constexpr Words kEnglish = {"before: ", "peak", ": ", "; ", " (", ")"};
constexpr Words kChinese = {"此前：", "峰值", "：", "；", "（", "）"};

// Below this the past is like the present, and not worth the reader's time.
constexpr double kWorthTelling = 0.1;

std::string Named(std::string_view name, double share) {
  return fmt::format("{} {:.0f} %", name, std::round(share * 100));
}

const EvidencePeriod* Find(const Evidence& evidence, EvidencePeriod::What what) {
  for (const EvidencePeriod& period : evidence.periods) {
    if (period.what == what) return &period;
  }
  return nullptr;
}

double AmountOf(std::string_view name, const EvidencePeriod& period) {
  for (const Offender& offender : period.offenders) {
    if (offender.name == name) return offender.amount;
  }
  return 0;
}

// "before: php-fpm 4 %": where the leader was not it, or much smaller. Of the same whole as the
// window's shares: half of an idle host is nothing.
std::string Before(const Evidence& evidence, const Words& words) {
  const EvidencePeriod* const before = Find(evidence, EvidencePeriod::What::kBefore);
  const EvidencePeriod* const window = Find(evidence, EvidencePeriod::What::kWindow);
  if (before == nullptr || window == nullptr || evidence.offenders.empty()) return "";
  const double whole = std::max(before->total, window->total);
  if (whole <= 0) return "";
  const Offender& leader = evidence.offenders.front();
  const double was = std::min(AmountOf(leader.name, *before) / whole, 1.0);
  std::string out;
  if (!before->offenders.empty() && before->offenders.front().name != leader.name) {
    const Offender& other = before->offenders.front();
    const double share = std::min(other.amount / whole, 1.0);
    if (share >= kWorthTelling) out = Named(other.name, share) + ", ";
  }
  if (out.empty() && std::abs(was - leader.share) < kWorthTelling) return "";
  return std::string(words.before) + out + Named(leader.name, was);
}

// "peak 14:03:05: php-fpm 88 %", in the host's time zone: where the worst moment was another's
// work, or much more than the average.
std::string Peak(const Evidence& evidence, const Words& words) {
  const EvidencePeriod* const peak = Find(evidence, EvidencePeriod::What::kPeak);
  if (peak == nullptr || peak->offenders.empty() || evidence.offenders.empty()) return "";
  const Offender& top = peak->offenders.front();
  const Offender& leader = evidence.offenders.front();
  if (top.name == leader.name && std::abs(top.share - leader.share) < kWorthTelling) return "";
  const std::time_t seconds = peak->from_ms / 1000;
  std::tm time{};
  if (::localtime_r(&seconds, &time) == nullptr) return "";
  return fmt::format("{} {:02}:{:02}:{:02}{}{}", words.peak, time.tm_hour, time.tm_min, time.tm_sec,
                     words.colon, Named(top.name, top.share));
}

}  // namespace

std::string_view ToString(EvidenceKind kind) {
  for (const KindName& row : kKinds) {
    if (row.kind == kind) return row.name;
  }
  return "cpu";
}

std::optional<EvidenceKind> ParseEvidenceKind(std::string_view text) {
  for (const KindName& row : kKinds) {
    if (row.name == text) return row.kind;
  }
  return std::nullopt;
}

std::string_view ToString(EvidencePeriod::What what) {
  switch (what) {
    case EvidencePeriod::What::kBefore:
      return "before";
    case EvidencePeriod::What::kWindow:
      return "window";
    case EvidencePeriod::What::kPeak:
      break;
  }
  return "peak";
}

std::optional<EvidencePeriod::What> ParseEvidencePeriod(std::string_view text) {
  using What = EvidencePeriod::What;
  for (const What what : {What::kBefore, What::kWindow, What::kPeak}) {
    if (ToString(what) == text) return what;
  }
  return std::nullopt;
}

std::string Summary(const Evidence& evidence, std::string_view language) {
  const Words& words = language == "zh" ? kChinese : kEnglish;
  std::string out;
  for (const Offender& offender : evidence.offenders) {
    if (!out.empty()) out += ", ";
    out += Named(offender.name, offender.share);
  }
  std::string more;
  for (const std::string& part : {Before(evidence, words), Peak(evidence, words), evidence.note}) {
    if (part.empty()) continue;
    if (!more.empty()) more += words.pause;
    more += part;
  }
  if (more.empty()) return out;
  if (out.empty()) return more;
  return out.append(words.open).append(more).append(words.close);
}

}  // namespace ecsward
