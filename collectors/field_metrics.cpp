#include "collectors/field_metrics.h"

namespace ecsward {
namespace {

// A name that Prometheus takes: what is no letter, digit or underscore becomes an underscore.
void MakeValidName(std::string& name) {
  for (char& c : name) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) c = '_';
  }
}

}  // namespace

const Metric* FieldMetrics::At(std::size_t position, std::string_view field) {
  if (position < guesses_.size() && guesses_[position].field == field) {
    return guesses_[position].metric;
  }
  const Metric* metric = Look(field);
  if (position < kMaxFields) {
    if (position >= guesses_.size()) guesses_.resize(position + 1);
    guesses_[position] = {std::string(field), metric};
  }
  return metric;
}

const Metric* FieldMetrics::Look(std::string_view field) {
  if (const auto it = known_.find(field); it != known_.end()) return it->second;
  if (known_.size() >= kMaxFields) return nullptr;
  Texts texts = describe_(field);
  const Metric* metric = nullptr;
  if (!texts.name.empty()) {
    MakeValidName(texts.name);
    metric = &metrics_.Add(field, Metric{texts.name, texts.help, texts.type, texts.labels});
  }
  known_.emplace(field, metric);
  return metric;
}

}  // namespace ecsward
