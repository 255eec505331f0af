#include "metrics/evidence.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

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

std::string Summary(const Evidence& evidence) {
  std::string out;
  for (const Offender& offender : evidence.offenders) {
    out += fmt::format("{}{} {:.0f} %", out.empty() ? "" : ", ", offender.name,
                       std::round(offender.share * 100));
  }
  if (evidence.note.empty()) return out;
  return out.empty() ? evidence.note : out + " (" + evidence.note + ")";
}

}  // namespace ecsward
