// The latest tick as bytes to send, made once per tick and form however many clients ask.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "exporters/prometheus/page.h"
#include "exporters/prometheus/page_format.h"
#include "metrics/series_table.h"

struct libdeflate_compressor;

namespace ecsward {

class SelfRegistry;

// One page, shared by those who are sending it: a slow client keeps its old page while others get
// the new one.
using PageRef = std::shared_ptr<const PageBuffer>;

// Event-loop thread only. A steady Get allocates nothing.
class PageCache {
 public:
  // Pages of one form that may be in use at once. Clients that stop reading are cut off after a
  // while; until then this bounds what they cost.
  static constexpr std::size_t kMaxPages = 16;

  // Both outlive the cache.
  PageCache(const SeriesTable& table, const SelfRegistry& self);
  ~PageCache();

  // Takes the latest tick from the table; false when there is none yet.
  bool Update();
  // Of the tick that Update took.
  WallTime tick_time() const { return snapshot_.time; }

  // The page of the tick that Update took, which must have been true. Null when kMaxPages are all
  // being sent.
  PageRef Get(PageFormat format, PageEncoding encoding);

 private:
  struct Form {
    std::vector<std::shared_ptr<PageBuffer>> pool;
    std::shared_ptr<PageBuffer> current;
    std::uint64_t tick = 0, self_version = 0;
  };
  bool Fresh(const Form& form) const;
  static std::shared_ptr<PageBuffer> Unused(Form& form);
  void Finish(Form& form, std::shared_ptr<PageBuffer> page) const;
  PageRef Plain(std::size_t format);

  struct FreeCompressor {
    void operator()(libdeflate_compressor* c) const;
  };

  const SeriesTable& table_;
  const SelfRegistry& self_;
  Snapshot snapshot_;
  std::array<PageRenderer, 2> renderers_;  // by PageFormat
  std::array<Form, 2> plain_;
  std::array<Form, 2> gzip_;
  std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor_;  // made for the first gzip
};

}  // namespace ecsward
