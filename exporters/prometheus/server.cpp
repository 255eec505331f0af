#include "exporters/prometheus/server.h"

namespace ecsward {

std::vector<std::string> PrometheusOptions::DefaultAllowFrom() {
  return {"127.0.0.0/8",    "::1/128",       "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",   "fe80::/10"};
}

std::vector<std::string> CheckPrometheusOptions(const PrometheusOptions&) { return {}; }

class PrometheusServer::Impl {};

PrometheusServer::PrometheusServer(boost::asio::io_context&, PrometheusOptions, const SeriesTable&,
                                   const Clock&, SelfRegistry&)
    : impl_(std::make_shared<Impl>()) {}
PrometheusServer::~PrometheusServer() = default;
Result<void> PrometheusServer::Start() { return {}; }
Result<void> PrometheusServer::Reload(PrometheusOptions) { return {}; }
void PrometheusServer::Stop() {}
std::vector<std::uint16_t> PrometheusServer::ports() const { return {}; }

}  // namespace ecsward
