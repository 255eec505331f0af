// TLS with OpenSSL, for websec.cpp.
#pragma once

#include <memory>

#include "exporters/prometheus/websec.h"

namespace ecsward {

Result<std::unique_ptr<TlsContext>> LoadTlsContext(const TlsSettings& settings);

}  // namespace ecsward
