// A rule that wants to know who was responsible says so in an annotation or label, which
// Prometheus carries along and does not mind:
//
//   annotations: {ecsward_evidence: "cpu, memory"}
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "metrics/evidence.h"
#include "metrics/labels.h"

namespace ecsward {

inline constexpr std::string_view kEvidenceKey = "ecsward_evidence";

// `cpu, memory`. errors: kInvalidArgument, naming the word that is no kind of evidence
Result<std::vector<EvidenceKind>> ParseEvidenceKinds(std::string_view text);

// What the rule asks for; nothing when it does not ask. errors: as above
Result<std::vector<EvidenceKind>> EvidenceKindsOf(const LabelPairs& labels,
                                                  const LabelPairs& annotations);

// All of an alert's evidence in one line, for the annotation `evidence`.
std::string Summary(const std::vector<Evidence>& evidence);

// Where the source's thread leaves its answers for the thread that evaluates. The answer may come
// when the engine is gone: the box belongs to both.
class EvidenceDesk {
 public:
  // `source` outlives this and may be null: then nobody answers.
  explicit EvidenceDesk(EvidenceSource* source);

  void Expect(EvidenceKind kind);
  // The answer to `ticket` comes out of Take, some day.
  void Ask(const EvidenceQuestion& question, std::uint64_t ticket);

  using Answer = std::pair<std::uint64_t, Evidence>;
  // What has arrived since the last call. Costs a lock only.
  std::vector<Answer> Take();

 private:
  // Used by two threads, under its lock.
  struct Inbox {
    std::mutex mutex;
    std::vector<Answer> answers;
  };

  EvidenceSource* source_;
  std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
};

}  // namespace ecsward
