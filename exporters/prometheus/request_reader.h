// HTTP/1.x requests out of a stream of bytes: Boost.Beast's parser, fed from a buffer of our own,
// so that pipelined requests, limits and memory are in one place and no socket is needed to test
// them.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "exporters/prometheus/router.h"

namespace ecsward {

// One connection's requests. Once its buffer has grown to its requests it allocates nothing.
class RequestReader {
 public:
  struct Limits {
    std::size_t header_bytes = std::size_t{16} << 10;
    std::size_t body_bytes = std::size_t{64} << 10;
  };
  enum class State {
    kNeedMore,  // read into Space(), call Received, ask again
    kRequest,   // request() is there; call Done when it has been answered
    kBad,       // error_status() says how to answer before closing
  };

  explicit RequestReader(Limits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  std::span<char> Space();  // never empty in state kNeedMore
  void Received(std::size_t bytes);
  State Next();
  const EndpointRequest& request() const;
  int error_status() const;
  void Done();         // forgets the answered request; what followed it in the buffer stays
  bool empty() const;  // not a byte of a next request is there

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecsward
