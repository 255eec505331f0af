// What a node hands on: samples in memory that is used again at every evaluation, and a stamp that
// says whether their labels are the ones of last time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rules/promql/value.h"

namespace ecsward::promql {

// Numbers for shapes: each only once within a Query. 0 stands for none.
class ShapeCounter {
 public:
  std::uint64_t Next() { return ++last_; }

 private:
  std::uint64_t last_ = 0;
};

// Written as Begin, Put…, Finish. What stood there last time is compared before it is replaced, so
// that a steady evaluation neither counts references nor allocates, and `shape` changes only when
// the list of labels does: whoever made a plan for a shape (groups, partners, names dropped) may
// use it as long as the shape is the same.
class VectorBuffer {
 public:
  void Begin() {
    changed_ = !finished_;  // an evaluation that failed half-way left anything behind
    finished_ = false;
    count_ = 0;
  }
  void Put(const Labels& labels, double value) {
    if (count_ == samples_.size()) {
      samples_.push_back({labels, value});
      changed_ = true;
    } else {
      VectorSample& sample = samples_[count_];
      if (!(sample.labels == labels)) {
        sample.labels = labels;
        changed_ = true;
      }
      sample.value = value;
    }
    ++count_;
  }
  void Finish(ShapeCounter& shapes) {
    if (changed_ || count_ != finished_count_) shape_ = shapes.Next();
    finished_count_ = count_;
    finished_ = true;
  }

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const VectorSample& operator[](std::size_t index) const { return samples_[index]; }
  const VectorSample* begin() const { return samples_.data(); }
  const VectorSample* end() const { return samples_.data() + count_; }
  std::uint64_t shape() const { return shape_; }

 private:
  std::vector<VectorSample> samples_;  // the first `count_` are the vector, the rest is memory
  std::size_t count_ = 0, finished_count_ = 0;
  bool changed_ = true, finished_ = false;
  std::uint64_t shape_ = 0;
};

}  // namespace ecsward::promql
