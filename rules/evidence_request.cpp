#include "rules/evidence_request.h"

#include <fmt/format.h>

#include <algorithm>

namespace ecsward {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

}  // namespace

Result<std::vector<EvidenceKind>> ParseEvidenceKinds(std::string_view text) {
  std::vector<EvidenceKind> kinds;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view word = Trimmed(text.substr(0, comma));
    const auto kind = ParseEvidenceKind(word);
    if (!kind) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: want cpu, memory, disk, network or port, got \"{}\"",
                              kEvidenceKey, word));
    }
    if (std::find(kinds.begin(), kinds.end(), *kind) == kinds.end()) kinds.push_back(*kind);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return kinds;
}

Result<std::vector<EvidenceKind>> EvidenceKindsOf(const LabelPairs& labels,
                                                  const LabelPairs& annotations) {
  const std::string_view text = Get(annotations, kEvidenceKey);
  return ParseEvidenceKinds(text.empty() ? Get(labels, kEvidenceKey) : text);
}

std::string Summary(const std::vector<Evidence>& evidence) {
  std::string out;
  for (const Evidence& one : evidence) {
    const std::string line = Summary(one);
    if (line.empty()) continue;
    if (!out.empty()) out += "; ";
    if (evidence.size() > 1) out.append(ToString(one.kind)).append(": ");
    out += line;
  }
  return out;
}

EvidenceDesk::EvidenceDesk(EvidenceSource* source) : source_(source) {}

void EvidenceDesk::Expect(EvidenceKind kind) {
  if (source_ != nullptr) source_->Expect(kind);
}

void EvidenceDesk::Ask(const EvidenceQuestion& question, std::uint64_t ticket) {
  if (source_ == nullptr) return;
  source_->Ask(question, [inbox = inbox_, ticket](Evidence evidence) {
    const std::lock_guard lock(inbox->mutex);
    inbox->answers.emplace_back(ticket, std::move(evidence));
  });
}

std::vector<EvidenceDesk::Answer> EvidenceDesk::Take() {
  const std::lock_guard lock(inbox_->mutex);
  return std::exchange(inbox_->answers, {});
}

}  // namespace ecsward
