// Who was responsible: what is attached to an alert, so that a page says "CPU 97 %, php-fpm 61 %".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward {

enum class EvidenceKind : std::uint8_t { kCpu, kMemory, kDisk, kNetwork, kPort };
std::string_view ToString(EvidenceKind kind);  // "cpu"
std::optional<EvidenceKind> ParseEvidenceKind(std::string_view text);

struct Offender {
  std::string name;      // "php-fpm", made safe for terminals and labels
  std::int64_t pid = 0;  // of the biggest of them; 0 where that means nothing
  double share = 0;      // of the whole, 0–1; from a ring: of what was in use
  double amount = 0;     // in `unit` of the evidence
};

// Who it was over a stretch of time, where a ring remembers (metrics/offender_ring.h).
struct EvidencePeriod {
  enum class What : std::uint8_t {
    kBefore,  // as long again as the window, before it: what is normal here
    kWindow,  // since the alert's condition holds
    kPeak,    // the moment of the window with the greatest total
  };
  What what = What::kWindow;
  std::int64_t from_ms = 0, to_ms = 0;  // of the first and the last moment
  double total = 0;                     // of the host on average, in `unit` of the evidence
  std::vector<Offender> offenders;      // the biggest first
};
std::string_view ToString(EvidencePeriod::What what);  // "before", "window", "peak"
std::optional<EvidencePeriod::What> ParseEvidencePeriod(std::string_view text);

struct Evidence {
  EvidenceKind kind = EvidenceKind::kCpu;
  std::int64_t time_ms = 0;         // when it was taken
  std::string unit;                 // "cores", "bytes", "bytes/s"
  std::vector<Offender> offenders;  // the biggest first, a handful
  std::string note;                 // what is missing, and why: "no permission to read others' I/O"
  std::vector<EvidencePeriod> periods = {};  // empty where nothing remembers
};
// One line for people: "php-fpm 61 %, mysqld 12 %", and what was before and at the peak where that
// says more: "php-fpm 61 %, mysqld 12 % (before: php-fpm 4 %; peak 14:03:05: php-fpm 88 %)".
// In "zh" the words between are Chinese.
std::string Summary(const Evidence& evidence, std::string_view language = "en");

// What an alert wants to know: who it was, and since when it matters.
struct EvidenceQuestion {
  EvidenceKind kind = EvidenceKind::kCpu;
  std::int64_t since_ms = 0;  // the alert's condition holds since then; 0: only now
};

// Gathers evidence without holding up a tick: Ask returns at once and `done` is called later, from
// a thread of the source's own. `Expect` may be called when an alert becomes pending, so that a
// difference between two readings already has its first one.
class EvidenceSource {
 public:
  virtual ~EvidenceSource() = default;
  virtual void Expect(EvidenceKind kind) = 0;
  virtual void Ask(const EvidenceQuestion& question, std::function<void(Evidence)> done) = 0;
};

}  // namespace ecsward
