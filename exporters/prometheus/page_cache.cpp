#include "exporters/prometheus/page_cache.h"

#include <libdeflate.h>

#include "exporters/prometheus/self_registry.h"

namespace ecsward {

PageCache::PageCache(const SeriesTable& table, const SelfRegistry& self)
    : table_(table),
      self_(self),
      renderers_{PageRenderer(PageFormat::kText), PageRenderer(PageFormat::kOpenMetrics)} {}

PageCache::~PageCache() = default;

void PageCache::FreeCompressor::operator()(libdeflate_compressor* c) const {
  libdeflate_free_compressor(c);
}

bool PageCache::Update() { return table_.ReadLatest(snapshot_); }

bool PageCache::Fresh(const Form& form) const {
  return form.current != nullptr && form.tick == snapshot_.tick &&
         form.self_version == self_.version();
}

// A buffer that nobody is sending. use_count is exact: all references live on this thread.
std::shared_ptr<PageBuffer> PageCache::Unused(Form& form) {
  for (const auto& page : form.pool) {
    if (page.use_count() == 1) return page;
  }
  if (form.pool.size() >= kMaxPages) return nullptr;
  form.pool.push_back(std::make_shared<PageBuffer>());
  return form.pool.back();
}

void PageCache::Finish(Form& form, std::shared_ptr<PageBuffer> page) const {
  form.current = std::move(page);
  // After a crowd of slow clients: back to one page to show and one to write the next into.
  while (form.pool.size() > 2 && form.pool.back().use_count() == 1) form.pool.pop_back();
  form.tick = snapshot_.tick;
  form.self_version = self_.version();
}

PageRef PageCache::Plain(std::size_t format) {
  Form& form = plain_[format];
  if (Fresh(form)) return form.current;
  auto page = Unused(form);  // never the current one: that is what the renderer copies from
  if (page == nullptr) return nullptr;
  const std::string_view extra = self_.Text(static_cast<PageFormat>(format));
  const std::string_view previous =
      form.current == nullptr ? std::string_view() : form.current->view();
  renderers_[format].Render(snapshot_, extra, previous, *page);
  Finish(form, std::move(page));
  return form.current;
}

PageRef PageCache::Get(PageFormat format, PageEncoding encoding) {
  const auto f = static_cast<std::size_t>(format);
  if (encoding == PageEncoding::kIdentity) return Plain(f);
  Form& form = gzip_[f];
  if (Fresh(form)) return form.current;
  const PageRef plain = Plain(f);
  if (plain == nullptr) return nullptr;
  form.current.reset();  // unlike a plain page, an old packed one is of no use to the next
  auto page = Unused(form);
  if (page == nullptr) return nullptr;
  // libdeflate at level 1 packs a page in half the time that zlib's level 1 takes, and smaller.
  if (compressor_ == nullptr) compressor_.reset(libdeflate_alloc_compressor(1));
  if (compressor_ == nullptr) return nullptr;
  const std::string_view text = plain->view();
  page->Reserve(libdeflate_gzip_compress_bound(compressor_.get(), text.size()));
  page->set_size(libdeflate_gzip_compress(compressor_.get(), text.data(), text.size(), page->data(),
                                          page->capacity()));
  Finish(form, std::move(page));
  return form.current;
}

}  // namespace ecsward
