// What a client can read, from its Accept and Accept-Encoding headers (RFC 9110 §12.5).
#pragma once

#include <string_view>

#include "exporters/prometheus/page_format.h"

namespace ecsward {

// The format that `accept` likes best; text when it names none of ours, as client_golang does.
//   "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5" → kOpenMetrics
//   "*/*" or "" → kText
PageFormat ParseAccept(std::string_view accept);

// "gzip" → kGzip; "gzip;q=0", "identity, gzip;q=0.5" and "" → kIdentity.
PageEncoding ParseAcceptEncoding(std::string_view accept_encoding);

}  // namespace ecsward
