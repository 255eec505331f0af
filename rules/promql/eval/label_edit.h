// Label sets made from label sets: names dropped, groups, signatures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/promql/eval/evaluation.h"

namespace ecsward::promql {

// Without the metric's name. A set that has none comes back as it is.
Labels DropName(Evaluation& e, const Labels& labels);
// Only those of these names.
Labels Keep(Evaluation& e, const Labels& labels, std::span<const std::string> names);
// None of these names; the metric's name goes too where `drop_name` says so.
Labels Without(Evaluation& e, const Labels& labels, std::span<const std::string> names,
               bool drop_name);
// What `on (names)` or `ignoring (names)` compares.
Labels Signature(Evaluation& e, const Labels& labels, bool on, std::span<const std::string> names);

// Remembers, position by position, what became of labels that went through `edit`.
class LabelMemory {
 public:
  // `edit(labels)` is called for those that are not the ones of last time at their position.
  template <class Edit>
  void Update(std::span<const VectorSample> samples, const Edit& edit) {
    if (samples.size() > pairs_.size()) pairs_.resize(samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      Pair& pair = pairs_[i];
      if (pair.known && pair.from == samples[i].labels) continue;
      pair.known = false;
      pair.to = edit(samples[i].labels);
      pair.from = samples[i].labels;
      pair.known = true;
    }
    count_ = samples.size();
  }
  std::size_t size() const { return count_; }
  const Labels& operator[](std::size_t index) const { return pairs_[index].to; }
  // Whether two of them are the same.
  bool HasTwins(Evaluation& e) const;

 private:
  struct Pair {
    Labels from, to;
    bool known = false;
  };
  std::vector<Pair> pairs_;
  std::size_t count_ = 0;
};

// The labels of a vector without the metrics' names.
class NameDropper {
 public:
  // Fails when two of them become the same.
  bool Update(Evaluation& e, const VectorBuffer& vector) {
    return vector.shape() == shape_ || Rebuild(e, vector);
  }
  const Labels& operator[](std::size_t index) const { return memory_[index]; }

 private:
  bool Rebuild(Evaluation& e, const VectorBuffer& vector);
  LabelMemory memory_;
  std::uint64_t shape_ = 0;
};

// Whether two of them are the same. Sorts them.
bool HaveTwins(std::vector<const void*>& identities);
// Always false: two samples of a vector have the same labels.
bool FailSameLabels(Evaluation& e);

}  // namespace ecsward::promql
