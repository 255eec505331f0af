// Whether ports of this host answer as they should: asked as their clients would.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/all.h"
#include "collectors/ports/check_rule.h"
#include "collectors/ports/netcheck.h"

namespace re2 {
class RE2;
}

namespace ecsward {

inline constexpr OptionSpec kPortChecksOptions[] = {
    {"checks", OptionKind::kList, "",
     "What is asked of which port: \"tcp:5432 connect\", \"tcp:443 https host=www.example.com "
     "path=/health status=200\". See docs/port-checks.md.",
     CheckCheck},
    {"ca_file", OptionKind::kString, "",
     "Certificates that https and tls checks trust; empty: those that the system trusts."},
};

// The outcome of one check.
struct CheckVerdict {
  // Empty: up. Else why not, one of a handful of words: "refused", "timeout", "certificate",
  // "protocol", "status", "body", "latency", "not_here", "error".
  std::string_view reason;
  double seconds = 0;
  int status = 0;                     // HTTP's; 0: none came
  std::int64_t certificate_ends = 0;  // unix time; 0: none was seen
};
// Pure. `body` may be null: any.
CheckVerdict Judge(const CheckRule& rule, const re2::RE2* body, const NetAnswer& answer);

// A slow collector. Without checks it is not there at all.
//
// note:   all checks of a run are under way at once; each has its own time-out, so one that hangs
//         makes only itself fail, and a run takes as long as its longest
class PortChecksCollector final : public Collector {
 public:
  static constexpr std::size_t kMaxChecks = 100;

  // `module_folder`: where to look for the module first; for tests.
  PortChecksCollector(const CollectorEnv& env, const CollectorOptions& options,
                      std::string module_folder = "");
  ~PortChecksCollector() override;
  Result<void> Collect(const Tick& tick, Recorder& out) override;

 private:
  struct Check;
  Result<void> AskModule(std::vector<CheckVerdict>& verdicts);
  void Connect(std::vector<CheckVerdict>& verdicts);
  void Report(const std::vector<CheckVerdict>& verdicts, Recorder& out) const;

  std::vector<Check> checks_;
  std::size_t left_out_ = 0;
  const std::string ca_file_, module_folder_;
  std::unique_ptr<NetCheck> module_;
};

}  // namespace ecsward
