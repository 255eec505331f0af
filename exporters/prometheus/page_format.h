// The two text formats that a Prometheus may ask for, and how they may be packed.
#pragma once

#include <cstdint>

namespace ecsward {

enum class PageFormat : std::uint8_t {
  kText,         // text/plain; version=0.0.4
  kOpenMetrics,  // application/openmetrics-text; version=1.0.0
};

enum class PageEncoding : std::uint8_t { kIdentity, kGzip };

}  // namespace ecsward
