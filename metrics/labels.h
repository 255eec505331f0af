// What identifies a series: names and values of labels, sorted by name, none of them empty. The
// metric's own name is the label "__name__", as everywhere in Prometheus.
//
// Two forms. LabelPairs is a plain value, for what is made seldom (alerts, files, tests). Labels is
// a handle to a set that a LabelTable keeps once: as small as a pointer, equal when the pointers
// are, so that evaluating a rule compares and copies label sets for next to nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

namespace ecsward {

inline constexpr std::string_view kMetricName = "__name__";

struct LabelPair {
  std::string name, value;
  bool operator==(const LabelPair&) const = default;
  // Not <=>: clang-tidy 14 takes the rewritten comparison's 0 for a null pointer wherever it is
  // used.
  bool operator<(const LabelPair& other) const {
    return std::tie(name, value) < std::tie(other.name, other.value);
  }
};
using LabelPairs = std::vector<LabelPair>;  // sorted by name, each name once, no empty value

// Sorts by name and leaves empty values out; of two pairs with one name the later stands.
LabelPairs Normalized(LabelPairs pairs);
// The value, or "".
std::string_view Get(const LabelPairs& pairs, std::string_view name);
// Puts `value` in its place; an empty one takes the label away.
void Set(LabelPairs& pairs, std::string_view name, std::string_view value);
// As Prometheus prints them: `{__name__="up", job="node"}`.
std::string ToString(const LabelPairs& pairs);
// As PromQL writes a series: `up{job="node"}`, `{job="node"}`, `up`, `{}`.
std::string ToSeriesText(const LabelPairs& pairs);
// Whether it is `[a-zA-Z_][a-zA-Z0-9_]*`, and the same with `:` for a metric.
bool IsLabelName(std::string_view name);
bool IsMetricName(std::string_view name);

class LabelTable;

// Not thread-safe: neither handles nor their table, which outlives them.
class Labels {
 public:
  struct View {
    std::string_view name, value;
  };

  Labels() = default;  // the empty set, in any table
  Labels(const Labels& other) : rep_(other.rep_) { Keep(); }
  Labels(Labels&& other) noexcept : rep_(std::exchange(other.rep_, nullptr)) {}
  Labels& operator=(const Labels& other) {
    if (rep_ != other.rep_) Labels(other).swap(*this);
    return *this;
  }
  Labels& operator=(Labels&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Labels() { Release(); }
  void swap(Labels& other) noexcept { std::swap(rep_, other.rep_); }

  std::size_t size() const { return rep_ == nullptr ? 0 : rep_->count; }
  bool empty() const { return rep_ == nullptr; }
  View operator[](std::size_t index) const;
  std::string_view Get(std::string_view name) const;  // "" when it is not there
  LabelPairs pairs() const;
  std::uint64_t hash() const { return rep_ == nullptr ? 0 : rep_->hash; }

  // Sets of one table only.
  friend bool operator==(const Labels& a, const Labels& b) { return a.rep_ == b.rep_; }
  // Prometheus's order: label by label, name before value; the shorter first. Of any table.
  static std::strong_ordering Compare(const Labels& a, const Labels& b);
  // Same place in memory, for caches that compare without following the pointer.
  const void* identity() const { return rep_; }

 private:
  friend class LabelTable;
  struct Rep {
    LabelTable* table;
    std::uint64_t hash;
    std::uint32_t refs;
    std::uint32_t count;
    // Behind it: count × {end of name, end of value} in bytes of the text, then the text.
    const std::uint32_t* ends() const { return reinterpret_cast<const std::uint32_t*>(this + 1); }
    const char* text() const {
      return reinterpret_cast<const char*>(ends() + std::size_t{2} * count);
    }
  };
  explicit Labels(Rep* rep) : rep_(rep) { Keep(); }
  void Keep() const {
    if (rep_ != nullptr) ++rep_->refs;
  }
  void Release() {
    if (rep_ != nullptr && --rep_->refs == 0) Free(rep_);
  }
  static void Free(Rep* rep);

  Rep* rep_ = nullptr;
};

class LabelTable {
 public:
  LabelTable() = default;
  LabelTable(const LabelTable&) = delete;
  LabelTable& operator=(const LabelTable&) = delete;
  ~LabelTable();  // no handle may be left

  // The handle for these labels. They must be normalized.
  Labels Make(const LabelPairs& pairs);
  // The same from views into whatever is at hand, sorted and without empty values.
  Labels Make(const std::vector<Labels::View>& views);

  std::size_t size() const { return reps_.size(); }

 private:
  friend class Labels;
  struct Key {
    const std::vector<Labels::View>& views;
    std::uint64_t hash;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Labels::Rep* rep) const { return rep->hash; }
    std::size_t operator()(const Key& key) const { return key.hash; }
  };
  struct Same {
    using is_transparent = void;
    bool operator()(const Labels::Rep* a, const Labels::Rep* b) const { return a == b; }
    bool operator()(const Key& key, const Labels::Rep* rep) const;
    bool operator()(const Labels::Rep* rep, const Key& key) const { return (*this)(key, rep); }
  };
  std::unordered_set<Labels::Rep*, Hash, Same> reps_;
  std::vector<Labels::View> scratch_;
};

}  // namespace ecsward
