// A snapshot as the text that Prometheus reads.
// source: https://prometheus.io/docs/instrumenting/exposition_formats/ (text 0.0.4)
//         https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md (1.0)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/prometheus/page_format.h"
#include "metrics/series_table.h"

namespace ecsward {

// Bytes whose memory is used again and not cleared first.
class PageBuffer {
 public:
  // Room for `bytes`; what was there is gone when it had to grow.
  void Reserve(std::size_t bytes);
  char* data() { return data_.get(); }
  std::string_view view() const { return {data_.get(), size_}; }
  std::size_t capacity() const { return capacity_; }
  void set_size(std::size_t size) { size_ = size; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// Renders snapshot after snapshot. Most values of a host do not change from one second to the next,
// so the page before is the cache: where a value's bits are the same, its line (where a family's
// are, the whole family) is copied from there, and only what changed is formatted.
class PageRenderer {
 public:
  explicit PageRenderer(PageFormat format) : format_(format) {}

  // Writes the page of `snapshot`, then `extra` (whole families in the same format), into `out`.
  // `previous` is what the last call wrote, or empty when that is gone: then all is formatted anew.
  // Allocates only when the layout changed or the page outgrew `out`.
  void Render(const Snapshot& snapshot, std::string_view extra, std::string_view previous,
              PageBuffer& out);

 private:
  struct FamilyText {
    std::uint32_t header_offset = 0;  // HELP and TYPE lines, in headers_
    std::uint32_t header_size = 0;
    std::uint32_t begin = 0;  // where the family begins in the last page
    std::uint32_t size = 0;   // 0: no live series
  };
  void Prepare(const std::shared_ptr<const SnapshotLayout>& layout);
  char* RenderFamily(std::size_t index, const Snapshot& snapshot, const char* previous, char* to);

  PageFormat format_;
  std::shared_ptr<const SnapshotLayout> layout_;
  std::string headers_;
  std::size_t bound_ = 0;  // the longest page of this layout, without extra
  std::vector<FamilyText> families_;
  // By entry, of the last page: the value's bits, and where its line ends, from the family's begin.
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> line_end_;
  std::size_t last_size_ = 0;
};

// One page from nothing, for whoever needs only one.
std::string RenderPage(const Snapshot& snapshot, PageFormat format, std::string_view extra = {});

// --- the pieces, shared with the rendering of our own registry ---

// `value` as client_golang writes it in the format: 1 is "1" in text and "1.0" in OpenMetrics.
// `out` has room for kMaxValueText. Returns the length.
std::size_t FormatPageValue(double value, PageFormat format, char* out);

// Appends the HELP (when there is help) and TYPE lines. OpenMetrics: a counter loses its "_total";
// a counter without "_total" becomes unknown, as untyped does.
void AppendFamilyHeader(std::string_view name, std::string_view help, MetricType type,
                        PageFormat format, std::string& out);

// A series prefix with its `le` or `quantile` written as OpenMetrics wants it: x{le="1"} →
// x{le="1.0"}. `to` has room for prefix.size() + kMaxValueText. Returns the end.
char* PutWithFloatBound(std::string_view prefix, char* to);

}  // namespace ecsward
