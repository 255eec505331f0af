#include "exporters/prometheus/page.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "metrics/exposition.h"

namespace ecsward {
namespace {

constexpr std::string_view kEof = "# EOF\n";
constexpr std::string_view kTotal = "_total";

char* Put(std::string_view text, char* to) {
  // An empty view may be a null one, which memcpy must not be given.
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

bool HasBounds(MetricType type) {
  return type == MetricType::kHistogram || type == MetricType::kSummary;
}

}  // namespace

void PageBuffer::Reserve(std::size_t bytes) {
  if (bytes <= capacity_) return;
  capacity_ = bytes + bytes / 8;  // a device more does not grow it again
  data_ = std::make_unique_for_overwrite<char[]>(capacity_);
  size_ = 0;
}

std::size_t FormatPageValue(double value, PageFormat format, char* out) {
  std::size_t size = FormatValue(value, out);
  if (format == PageFormat::kText) return size;
  // A number that looks whole gets ".0"; NaN, Inf and exponents stay.
  const bool whole =
      std::all_of(out, out + size, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  if (whole) {
    out[size++] = '.';
    out[size++] = '0';
  }
  return size;
}

void AppendFamilyHeader(std::string_view name, std::string_view help, MetricType type,
                        PageFormat format, std::string& out) {
  std::string_view type_name = ToString(type);
  const bool open = format == PageFormat::kOpenMetrics;
  if (open && type == MetricType::kCounter) {
    if (name.ends_with(kTotal)) {
      name.remove_suffix(kTotal.size());
    } else {
      type_name = "unknown";
    }
  } else if (open && type == MetricType::kUntyped) {
    type_name = "unknown";
  }
  if (!help.empty()) {
    out += "# HELP ";
    out += name;
    out += ' ';
    if (open) {
      AppendLabelValue(help, out);  // OpenMetrics escapes the quote in help too
    } else {
      AppendHelp(help, out);
    }
    out += '\n';
  }
  out += "# TYPE ";
  out += name;
  out += ' ';
  out += type_name;
  out += '\n';
}

char* PutWithFloatBound(std::string_view prefix, char* to) {
  // name{a="b",le="1"}: from label to label, minding escaped quotes.
  std::size_t at = prefix.find('{');
  while (at != std::string_view::npos && at + 1 < prefix.size()) {
    const std::size_t name_begin = at + 1;
    const std::size_t equals = prefix.find("=\"", name_begin);
    if (equals == std::string_view::npos) break;
    const std::size_t value_begin = equals + 2;
    std::size_t value_end = value_begin;
    while (value_end < prefix.size() && prefix[value_end] != '"') {
      value_end += prefix[value_end] == '\\' ? std::size_t{2} : std::size_t{1};
    }
    if (value_end >= prefix.size()) break;
    const std::string_view name = prefix.substr(name_begin, equals - name_begin);
    if (name == "le" || name == "quantile") {
      double bound = 0;
      const char* const begin = prefix.data() + value_begin;
      const char* const end = prefix.data() + value_end;
      const auto parsed = std::from_chars(begin, end, bound);
      if (parsed.ec != std::errc() || parsed.ptr != end) break;  // "+Inf", which is right as it is
      to = Put(prefix.substr(0, value_begin), to);
      to += FormatPageValue(bound, PageFormat::kOpenMetrics, to);
      return Put(prefix.substr(value_end), to);
    }
    at = value_end + 1;  // a comma or the closing brace
    if (at >= prefix.size() || prefix[at] != ',') break;
  }
  return Put(prefix, to);
}

void PageRenderer::Prepare(const std::shared_ptr<const SnapshotLayout>& layout) {
  layout_ = layout;
  headers_.clear();
  families_.clear();
  families_.reserve(layout->families.size());
  bound_ = 0;
  for (const SnapshotLayout::Family& family : layout->families) {
    const std::size_t offset = headers_.size();
    AppendFamilyHeader(family.name, family.help, family.type, format_, headers_);
    families_.push_back({.header_offset = static_cast<std::uint32_t>(offset),
                         .header_size = static_cast<std::uint32_t>(headers_.size() - offset)});
  }
  bound_ = headers_.size();
  for (const SnapshotLayout::Entry& entry : layout->entries) {
    bound_ += entry.prefix_size + 2 * kMaxValueText;  // the value, and a bound that became longer
  }
  bits_.assign(layout->entries.size(), kStaleBits);
  line_end_.assign(layout->entries.size(), 0);
}

char* PageRenderer::RenderFamily(std::size_t index, const Snapshot& snapshot, const char* previous,
                                 char* to) {
  const SnapshotLayout::Family& family = layout_->families[index];
  FamilyText& text = families_[index];
  const std::size_t first = family.first_entry;
  const std::size_t end = first + family.entry_count;
  bool changed = previous == nullptr;
  bool live = false;
  for (std::size_t i = first; i < end; ++i) {
    const auto bits =
        std::bit_cast<std::uint64_t>(snapshot.values[layout_->entries[i].value_index]);
    changed = changed || bits != bits_[i];
    live = live || bits != kStaleBits;
  }
  char* const begin = to;
  if (!changed) return Put({previous + text.begin, text.size}, to);

  // Where the line before this one ended, in the last page and in this one.
  std::uint32_t was_end = text.size == 0 ? 0 : text.header_size;
  if (live) to = Put(std::string_view(headers_).substr(text.header_offset, text.header_size), to);
  for (std::size_t i = first; i < end; ++i) {
    const SnapshotLayout::Entry& entry = layout_->entries[i];
    const double value = snapshot.values[entry.value_index];
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const std::uint32_t was_begin = was_end;
    was_end = line_end_[i];
    if (bits == kStaleBits) {
      // no line
    } else if (previous != nullptr && bits == bits_[i]) {
      to = Put({previous + text.begin + was_begin, was_end - was_begin}, to);
    } else {
      const std::string_view prefix = layout_->Prefix(entry);
      if (format_ == PageFormat::kOpenMetrics && HasBounds(family.type)) {
        to = PutWithFloatBound(prefix, to);
      } else {
        to = Put(prefix, to);
      }
      to += FormatPageValue(value, format_, to);
      *to++ = '\n';
    }
    bits_[i] = bits;
    line_end_[i] = static_cast<std::uint32_t>(to - begin);
  }
  return to;
}

void PageRenderer::Render(const Snapshot& snapshot, std::string_view extra,
                          std::string_view previous, PageBuffer& out) {
  const bool same_layout = layout_ == snapshot.layout;
  if (!same_layout) Prepare(snapshot.layout);
  const bool reuse = same_layout && !previous.empty() && previous.size() == last_size_;
  out.Reserve(bound_ + extra.size() + kEof.size() + kMaxValueText);
  char* const begin = out.data();
  char* to = begin;
  for (std::size_t i = 0; i < families_.size(); ++i) {
    char* const family_begin = to;
    to = RenderFamily(i, snapshot, reuse ? previous.data() : nullptr, to);
    families_[i].begin = static_cast<std::uint32_t>(family_begin - begin);
    families_[i].size = static_cast<std::uint32_t>(to - family_begin);
  }
  to = Put(extra, to);
  if (format_ == PageFormat::kOpenMetrics) to = Put(kEof, to);
  last_size_ = static_cast<std::size_t>(to - begin);
  out.set_size(last_size_);
}

std::string RenderPage(const Snapshot& snapshot, PageFormat format, std::string_view extra) {
  PageRenderer renderer(format);
  PageBuffer out;
  renderer.Render(snapshot, extra, {}, out);
  return std::string(out.view());
}

}  // namespace ecsward
