#include "metrics/labels.h"

#include <algorithm>
#include <cassert>
#include <new>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t HashOf(const std::vector<Labels::View>& views) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  const auto mix = [&h](std::string_view text) {
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    h = (h ^ 0xff) * 0x100000001b3ULL;
  };
  for (const Labels::View& view : views) {
    mix(view.name);
    mix(view.value);
  }
  return h ^ (h >> 29);
}

void AppendLabel(std::string_view name, std::string_view value, std::string& out) {
  if (out.back() != '{') out += ", ";
  out.append(name).append("=\"");
  AppendLabelValue(value, out);
  out += '"';
}

std::strong_ordering Ordering(int compared) {
  return compared < 0   ? std::strong_ordering::less
         : compared > 0 ? std::strong_ordering::greater
                        : std::strong_ordering::equal;
}

}  // namespace

LabelPairs Normalized(LabelPairs pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const LabelPair& a, const LabelPair& b) { return a.name < b.name; });
  LabelPairs out;
  for (LabelPair& pair : pairs) {
    if (!out.empty() && out.back().name == pair.name) {
      out.back() = std::move(pair);
    } else {
      out.push_back(std::move(pair));
    }
  }
  std::erase_if(out, [](const LabelPair& pair) { return pair.value.empty(); });
  return out;
}

std::string_view Get(const LabelPairs& pairs, std::string_view name) {
  for (const LabelPair& pair : pairs) {
    if (pair.name == name) return pair.value;
  }
  return {};
}

void Set(LabelPairs& pairs, std::string_view name, std::string_view value) {
  const auto it = std::lower_bound(
      pairs.begin(), pairs.end(), name,
      [](const LabelPair& pair, std::string_view wanted) { return pair.name < wanted; });
  const bool found = it != pairs.end() && it->name == name;
  if (found && value.empty()) {
    pairs.erase(it);
  } else if (found) {
    it->value = value;
  } else if (!value.empty()) {
    pairs.insert(it, {std::string(name), std::string(value)});
  }
}

std::string ToString(const LabelPairs& pairs) {
  std::string out = "{";
  for (const LabelPair& pair : pairs) AppendLabel(pair.name, pair.value, out);
  return out + "}";
}

std::string ToSeriesText(const LabelPairs& pairs) {
  std::string out(Get(pairs, kMetricName));
  if (!out.empty() && pairs.size() == 1) return out;
  out += '{';
  for (const LabelPair& pair : pairs) {
    if (pair.name != kMetricName) AppendLabel(pair.name, pair.value, out);
  }
  return out + "}";
}

bool IsLabelName(std::string_view name) {
  return !name.empty() && IsLetter(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

bool IsMetricName(std::string_view name) {
  const auto good = [](char c) { return IsLetter(c) || c == ':'; };
  return !name.empty() && good(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return good(c) || IsDigit(c); });
}

Labels::View Labels::operator[](std::size_t index) const {
  const std::uint32_t* ends = rep_->ends() + 2 * index;
  const std::uint32_t begin = index == 0 ? 0 : ends[-1];
  const char* text = rep_->text();
  return {{text + begin, ends[0] - begin}, {text + ends[0], ends[1] - ends[0]}};
}

std::string_view Labels::Get(std::string_view name) const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (const View view = (*this)[i]; view.name == name) return view.value;
  }
  return {};
}

LabelPairs Labels::pairs() const {
  LabelPairs out;
  out.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    const View view = (*this)[i];
    out.push_back({std::string(view.name), std::string(view.value)});
  }
  return out;
}

std::strong_ordering Labels::Compare(const Labels& a, const Labels& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const View x = a[i], y = b[i];
    // Not the texts' own <=>, whose 0 clang-tidy 14 takes for a null pointer.
    if (const int name = x.name.compare(y.name)) return Ordering(name);
    if (const int value = x.value.compare(y.value)) return Ordering(value);
  }
  return a.size() <=> b.size();
}

void Labels::Free(Rep* rep) {
  rep->table->reps_.erase(rep);
  rep->~Rep();
  ::operator delete(rep);
}

bool LabelTable::Same::operator()(const Key& key, const Labels::Rep* rep) const {
  if (key.hash != rep->hash || key.views.size() != rep->count) return false;
  const std::uint32_t* ends = rep->ends();
  const char* text = rep->text();
  std::uint32_t begin = 0;
  for (const Labels::View& view : key.views) {
    if (view.name != std::string_view(text + begin, ends[0] - begin)) return false;
    if (view.value != std::string_view(text + ends[0], ends[1] - ends[0])) return false;
    begin = ends[1];
    ends += 2;
  }
  return true;
}

LabelTable::~LabelTable() { assert(reps_.empty() && "a handle outlives its table"); }

Labels LabelTable::Make(const LabelPairs& pairs) {
  scratch_.clear();
  for (const LabelPair& pair : pairs) scratch_.push_back({pair.name, pair.value});
  return Make(scratch_);
}

Labels LabelTable::Make(const std::vector<Labels::View>& views) {
  if (views.empty()) return {};
  const std::uint64_t hash = HashOf(views);
  if (const auto it = reps_.find(Key{views, hash}); it != reps_.end()) return Labels(*it);

  std::size_t text_size = 0;
  for (const Labels::View& view : views) text_size += view.name.size() + view.value.size();
  const std::size_t ends_size = 2 * views.size() * sizeof(std::uint32_t);
  void* memory = ::operator new(sizeof(Labels::Rep) + ends_size + text_size);
  auto* rep = new (memory) Labels::Rep{this, hash, 0, static_cast<std::uint32_t>(views.size())};
  auto* ends = reinterpret_cast<std::uint32_t*>(rep + 1);
  auto* const text = reinterpret_cast<char*>(ends + 2 * views.size());
  std::uint32_t end = 0;
  const auto append = [&](std::string_view part) {
    std::copy(part.begin(), part.end(), text + end);
    end += static_cast<std::uint32_t>(part.size());
    *ends++ = end;
  };
  for (const Labels::View& view : views) {
    append(view.name);
    append(view.value);
  }
  reps_.insert(rep);
  return Labels(rep);
}

}  // namespace ecsward
