#include "exporters/prometheus/request_reader.h"

#include <algorithm>
#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>
#include <cstring>
#include <memory_resource>
#include <optional>
#include <vector>

namespace ecsward {
namespace {

namespace http = boost::beast::http;

// Beast stores each header field in a node of its own. The nodes of one request come from here and
// are all given back at once; a request with unusually many goes to the heap.
class Arena {
 public:
  void* Allocate(std::size_t bytes) {
    bytes = (bytes + kAlign - 1) & ~(kAlign - 1);
    if (bytes > memory_.size() - used_) return ::operator new(bytes);
    void* const out = memory_.data() + used_;
    used_ += bytes;
    return out;
  }
  void Free(void* p) {
    const auto* const at = static_cast<std::byte*>(p);
    if (at < memory_.data() || at >= memory_.data() + memory_.size()) ::operator delete(p);
  }
  void Reset() { used_ = 0; }  // when nothing of it is in use

 private:
  static constexpr std::size_t kAlign = alignof(std::max_align_t);
  alignas(kAlign) std::array<std::byte, 4096> memory_;
  std::size_t used_ = 0;
};

template <class T>
struct ArenaAllocator {
  using value_type = T;
  Arena* arena;
  explicit ArenaAllocator(Arena* a) : arena(a) {}
  template <class U>
  ArenaAllocator(const ArenaAllocator<U>& other)
      : arena(other.arena) {}   // NOLINT: as rebinding asks
  T* allocate(std::size_t n) {  // NOLINT(readability-identifier-naming): the standard's name
    return static_cast<T*>(arena->Allocate(n * sizeof(T)));
  }
  void deallocate(T* p, std::size_t) { arena->Free(p); }  // NOLINT(readability-identifier-naming)
  friend bool operator==(const ArenaAllocator& a, const ArenaAllocator& b) {
    return a.arena == b.arena;
  }
  friend bool operator!=(const ArenaAllocator& a, const ArenaAllocator& b) { return !(a == b); }
};

// A body that is read and forgotten. NOLINTBEGIN(readability-identifier-naming): Beast's names
struct DiscardBody {
  struct value_type {};
  static std::uint64_t size(const value_type&) { return 0; }
  struct reader {
    template <bool isRequest, class Fields>
    reader(http::header<isRequest, Fields>&, value_type&) {}
    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& ec) { ec = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& ec) {
      ec = {};
      return boost::beast::buffer_bytes(buffers);
    }
    void finish(boost::beast::error_code& ec) { ec = {}; }
  };
};
// NOLINTEND(readability-identifier-naming)

std::string_view View(boost::beast::string_view s) { return {s.data(), s.size()}; }

}  // namespace

struct RequestReader::Impl {
  using Parser = http::request_parser<DiscardBody, ArenaAllocator<char>>;

  explicit Impl(Limits l) : limits(l) {}

  void Begin() {
    parser.reset();
    arena.Reset();
    parser.emplace(std::piecewise_construct, std::make_tuple(),
                   std::make_tuple(ArenaAllocator<char>(&arena)));
    parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser->body_limit(limits.body_bytes);
    parser->eager(true);
  }

  int StatusOf(const boost::beast::error_code& ec) const {
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow) return 431;
    if (ec == http::error::body_limit) return 413;
    return 400;
  }

  Limits limits;
  std::vector<char> buffer =
      std::vector<char>(2048);     // a scrape of Prometheus's has some 300 bytes
  std::size_t begin = 0, end = 0;  // what has been received and not parsed
  Arena arena;
  std::optional<Parser> parser;  // nothing: between two requests
  EndpointRequest request;
  int error_status = 0;
};

RequestReader::RequestReader(Limits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;

std::span<char> RequestReader::Space() {
  Impl& m = *impl_;
  if (m.begin > 0) {
    std::memmove(m.buffer.data(), m.buffer.data() + m.begin, m.end - m.begin);
    m.end -= m.begin;
    m.begin = 0;
  }
  // Beast wants a request's whole header in one piece. A little more than the limit lets it see
  // that the limit was passed.
  if (m.end == m.buffer.size()) {
    m.buffer.resize(std::min(2 * m.buffer.size(), m.limits.header_bytes + 2048));
  }
  return std::span(m.buffer).subspan(m.end);
}

void RequestReader::Received(std::size_t bytes) { impl_->end += bytes; }

RequestReader::State RequestReader::Next() {
  Impl& m = *impl_;
  const auto bad = [&m](int status) {
    m.error_status = status;
    return State::kBad;
  };
  if (m.error_status != 0) return State::kBad;
  if (!m.parser) {
    // Empty lines before a request are allowed (RFC 9112 §2.2).
    while (m.begin < m.end && (m.buffer[m.begin] == '\r' || m.buffer[m.begin] == '\n')) ++m.begin;
    if (m.begin == m.end) return State::kNeedMore;
    m.Begin();
  }
  while (!m.parser->is_done()) {
    if (m.begin == m.end) return State::kNeedMore;
    boost::beast::error_code ec;
    const std::size_t used =
        m.parser->put(boost::asio::buffer(m.buffer.data() + m.begin, m.end - m.begin), ec);
    m.begin += used;
    if (ec == http::error::need_more) {
      if (!m.parser->is_header_done() && m.end - m.begin > m.limits.header_bytes) return bad(431);
      if (used == 0) return State::kNeedMore;
    } else if (ec) {
      return bad(m.StatusOf(ec));
    }
  }
  const auto& r = m.parser->get();
  m.request = {.method = View(r.method_string()),
               .target = View(r.target()),
               .accept = View(r[http::field::accept]),
               .accept_encoding = View(r[http::field::accept_encoding]),
               .authorization = View(r[http::field::authorization]),
               .keep_alive = m.parser->keep_alive()};
  return State::kRequest;
}

const EndpointRequest& RequestReader::request() const { return impl_->request; }
int RequestReader::error_status() const { return impl_->error_status; }

void RequestReader::Done() {
  impl_->parser.reset();
  impl_->request = {};
}

bool RequestReader::empty() const { return impl_->begin == impl_->end && !impl_->parser; }

}  // namespace ecsward
