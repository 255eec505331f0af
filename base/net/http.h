// HTTP/1.1 over libcurl: HttpClient::Perform.
#pragma once

#include "base/net.h"
#include "base/net/transfer.h"

namespace ecsward {

tl::expected<HttpResponse, NetError> PerformHttp(const HttpRequest& request,
                                                 Cancellation& cancellation);

}  // namespace ecsward
