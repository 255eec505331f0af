#include "exporters/prometheus/server.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <ctime>
#include <exception>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "exporters/prometheus/address.h"
#include "exporters/prometheus/self_registry.h"
#include "exporters/prometheus/session.h"

namespace ecsward {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

constexpr char kKey[] = "exporters.prometheus";

// After accept failed, which it does when the process has no descriptor left.
constexpr milliseconds kAcceptPause{100};

IpBytes BytesOf(const asio::ip::address& address) {
  const auto v6 = address.is_v4() ? asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4())
                                  : address.to_v6();
  return v6.to_bytes();
}

// An open port.
struct Listener {
  Listener(ListenAddress a, asio::io_context& io)
      : address(std::move(a)), acceptor(io), pause(io) {}
  void Close() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
  }

  ListenAddress address;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  bool accepting = false;
  std::uint16_t port = 0;  // the real one
};

Result<std::shared_ptr<Listener>> Open(asio::io_context& io, const ListenAddress& address) {
  auto out = std::make_shared<Listener>(address, io);
  boost::system::error_code ec;
  const auto ip = asio::ip::make_address(address.host, ec);
  const tcp::endpoint endpoint(ip, address.port);
  if (!ec) out->acceptor.open(endpoint.protocol(), ec);
  if (!ec) out->acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  // So that [::] and 0.0.0.0 can stand side by side, and each means what it says.
  if (!ec && address.v6) out->acceptor.set_option(asio::ip::v6_only(true), ec);
  if (!ec) out->acceptor.bind(endpoint, ec);
  if (!ec) out->acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) out->port = out->acceptor.local_endpoint(ec).port();
  if (!ec) return out;
  const auto shown = address.v6 ? fmt::format("[{}]:{}", address.host, address.port)
                                : fmt::format("{}:{}", address.host, address.port);
  return ErrnoError(ec.value(), fmt::format("{}.listen: {}", kKey, shown));
}

// The options, understood.
struct Settings {
  std::vector<ListenAddress> listen;
  std::vector<Cidr> allow_from;
};

std::vector<std::string> Understand(const PrometheusOptions& options, Settings& out) {
  std::vector<std::string> problems;
  const auto each = [&](const char* key, const std::vector<std::string>& texts, auto parse,
                        auto& to) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto value = parse(texts[i]);
      if (value) {
        to.push_back(std::move(*value));
      } else {
        problems.push_back(fmt::format("{}.{}[{}]: {}", kKey, key, i, value.error().message));
      }
    }
  };
  const auto parse_new = [&out](std::string_view text) -> Result<ListenAddress> {
    auto address = ParseListenAddress(text);
    const auto& known = out.listen;
    if (address && address->port != 0 &&
        std::find(known.begin(), known.end(), *address) != known.end()) {
      return Fail(ErrorCode::kInvalidArgument, fmt::format("{} stands twice", text));
    }
    return address;
  };
  each("listen", options.listen, parse_new, out.listen);
  each("allow_from", options.allow_from, ParseCidr, out.allow_from);
  if (options.listen.empty()) problems.push_back(fmt::format("{}.listen: is empty", kKey));
  return problems;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += (out.empty() ? "" : "\n") + line;
  return out;
}

}  // namespace

std::vector<std::string> PrometheusOptions::DefaultAllowFrom() {
  return {"127.0.0.0/8",    "::1/128",       "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
          "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",   "fe80::/10"};
}

std::vector<std::string> CheckPrometheusOptions(const PrometheusOptions& options) {
  Settings settings;
  std::vector<std::string> problems = Understand(options, settings);
  auto guard = WebGuard::Load(options.web_config_file, options.module_folder, {}, {});
  if (guard) return problems;
  std::istringstream lines(guard.error().message);  // a wrong file tells all that is wrong in it
  for (std::string line; std::getline(lines, line);) {
    problems.push_back(fmt::format("{}.web_config_file: {}", kKey, line));
  }
  return problems;
}

class PrometheusServer::Impl final : public SessionHost, public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, PrometheusOptions options, const SeriesTable& table,
       const Clock& clock, SelfRegistry& self)
      : io_(io),
        options_(std::move(options)),
        clock_(clock),
        self_(self),
        metrics_(self.registry()),
        pages_(table, self),
        sweep_(io),
        self_timer_(io) {}

  Result<void> Start() {
    auto options = options_;
    return Reload(std::move(options));
  }
  Result<void> Reload(PrometheusOptions options);
  void Stop();
  std::vector<std::uint16_t> Ports() const;

  // --- SessionHost ---
  const PrometheusOptions& options() const override { return options_; }
  MonoTime Now() const override { return clock_.Mono(); }
  WebGuard& guard() override { return *guard_; }
  ServerMetrics& metrics() override { return metrics_; }
  EndpointResponse Answer(const EndpointRequest& request, PageRef& page) override;
  std::string_view Date() override;
  void Forget(Session& session) override;

 private:
  using Listeners = std::vector<std::shared_ptr<Listener>>;

  Result<Listeners> OpenNew(const std::vector<ListenAddress>& wanted);
  bool Has(const ListenAddress& address) const;
  void Accept(const std::shared_ptr<Listener>& listener);
  void OnAccept(tcp::socket socket);
  void ArmSweep();
  void RefreshSelf();
  void TurnAway(tcp::socket& socket);

  asio::io_context& io_;
  PrometheusOptions options_;
  const Clock& clock_;
  SelfRegistry& self_;
  ServerMetrics metrics_;
  PageCache pages_;
  Settings settings_;
  std::unique_ptr<WebGuard> guard_;
  Listeners listeners_;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions_;
  std::vector<std::shared_ptr<Session>> sweeping_;
  asio::steady_timer sweep_;
  bool sweep_armed_ = false;
  asio::steady_timer self_timer_;
  bool self_refreshing_ = false;
  std::time_t date_second_ = 0;
  std::array<char, 40> date_{};
  std::size_t date_size_ = 0;
};

bool PrometheusServer::Impl::Has(const ListenAddress& address) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [&](const auto& l) { return l->address == address; });
}

// Opens what is wanted and not open yet. A new address may overlap one that is to go ("0.0.0.0" and
// "127.0.0.1" with one port): then the old one is closed first, and opened again should that not
// help.
Result<PrometheusServer::Impl::Listeners> PrometheusServer::Impl::OpenNew(
    const std::vector<ListenAddress>& wanted) {
  Listeners opened;
  Listeners parted;
  for (const ListenAddress& address : wanted) {
    if (Has(address)) continue;
    auto listener = Open(io_, address);
    if (!listener) {
      for (auto it = listeners_.begin(); it != listeners_.end();) {
        const ListenAddress& old = (*it)->address;
        const bool goes = std::find(wanted.begin(), wanted.end(), old) == wanted.end();
        if (goes && (*it)->port == address.port) {
          (*it)->Close();
          parted.push_back(std::move(*it));
          it = listeners_.erase(it);
        } else {
          ++it;
        }
      }
      if (!parted.empty()) listener = Open(io_, address);
    }
    if (!listener) {
      for (const auto& listener_of_ours : opened) listener_of_ours->Close();
      for (const auto& old : parted) {
        auto again = Open(io_, old->address);  // port 0 becomes another port: only tests ask for it
        if (!again) {
          if (options_.warn) options_.warn(again.error().message);
          continue;
        }
        Accept(*again);
        listeners_.push_back(std::move(*again));
      }
      return std::move(listener).error();
    }
    opened.push_back(std::move(*listener));
  }
  return opened;
}

Result<void> PrometheusServer::Impl::Reload(PrometheusOptions options) {
  Settings settings;
  if (auto problems = Understand(options, settings); !problems.empty()) {
    return Fail(ErrorCode::kInvalidArgument, Joined(problems));
  }
  const auto post = [&io = io_](std::function<void()> work) { asio::post(io, std::move(work)); };
  auto guard = WebGuard::Load(options.web_config_file, options.module_folder, post, options.warn);
  if (!guard) return std::move(guard).error();
  auto opened = OpenNew(settings.listen);
  if (!opened) return std::move(opened).error();

  // Nothing below fails.
  Listeners in_order;
  for (const ListenAddress& address : settings.listen) {
    for (Listeners* from : {&listeners_, &*opened}) {
      for (auto& listener : *from) {
        if (listener == nullptr || listener->address != address) continue;
        in_order.push_back(std::move(listener));
        break;
      }
    }
  }
  for (const auto& listener : listeners_) {
    if (listener != nullptr) listener->Close();
  }
  listeners_ = std::move(in_order);
  options_ = std::move(options);
  settings_ = std::move(settings);
  if (guard_ != nullptr) (*guard)->TakeOver(*guard_);
  guard_ = std::move(*guard);
  for (const auto& listener : listeners_) Accept(listener);
  return {};
}

void PrometheusServer::Impl::Stop() {
  for (const auto& listener : listeners_) listener->Close();
  listeners_.clear();
  sweep_.cancel();
  self_timer_.cancel();
  auto sessions = std::move(sessions_);
  sessions_.clear();
  for (const auto& [key, session] : sessions) session->Close();
  if (guard_ != nullptr) guard_->Stop();
}

void PrometheusServer::Impl::Accept(const std::shared_ptr<Listener>& listener) {
  if (listener->accepting) return;
  listener->accepting = true;
  listener->acceptor.async_accept([self = shared_from_this(), listener](
                                      const boost::system::error_code& ec, tcp::socket socket) {
    listener->accepting = false;
    if (!listener->acceptor.is_open()) return;
    if (!ec) {
      self->OnAccept(std::move(socket));
      return self->Accept(listener);
    }
    listener->pause.expires_after(kAcceptPause);
    listener->pause.async_wait([self, listener](const boost::system::error_code&) {
      if (listener->acceptor.is_open()) self->Accept(listener);
    });
  });
}

void PrometheusServer::Impl::OnAccept(tcp::socket socket) {
  boost::system::error_code ec;
  const auto peer = socket.remote_endpoint(ec);
  if (ec) return;  // gone already
  if (!Contains(settings_.allow_from, BytesOf(peer.address()))) return metrics_.RefusedByNetwork();
  if (sessions_.size() >= options_.max_connections) {
    metrics_.RefusedOverLimit();
    return TurnAway(socket);
  }
  const auto session = std::make_shared<Session>(shared_from_this(), std::move(socket));
  sessions_.emplace(session.get(), session);
  metrics_.SetConnections(sessions_.size());
  ArmSweep();
  session->Start();
}

// A constant, sent as far as it goes: nothing is kept for a client beyond the limit.
void PrometheusServer::Impl::TurnAway(tcp::socket& socket) {
  if (guard_->tls() != nullptr) return;  // it would not understand
  const EndpointResponse busy = ErrorResponse(503);
  std::array<char, 2 * kMaxHead> text;
  std::size_t size = WriteHead(busy, busy.body().size(), false, Date(), text.data());
  for (const std::string_view part : {std::string_view("\r\n"), busy.body()}) {
    size += part.copy(text.data() + size, part.size());
  }
  const int fd = socket.native_handle();
  (void)send(fd, text.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
  (void)shutdown(fd, SHUT_WR);
  // Bytes that are there and not read would turn the close into a reset, and the answer be lost.
  (void)recv(fd, text.data(), text.size(), MSG_DONTWAIT);
}

void PrometheusServer::Impl::Forget(Session& session) {
  sessions_.erase(&session);
  metrics_.SetConnections(sessions_.size());
}

EndpointResponse PrometheusServer::Impl::Answer(const EndpointRequest& request, PageRef& page) {
  RouterState state{.last_tick_age = std::nullopt, .stale_after = options_.stale_after};
  if (pages_.Update()) {
    // The wall clock may have been set back since.
    const auto age = std::max(clock_.Wall() - pages_.tick_time(), WallTime::duration::zero());
    state.last_tick_age = age;
  }
  EndpointResponse response = Route(request, state);
  if (!response.is_page) return response;
  // Only the first page waits for it: one that nobody has asked for need not be kept fresh.
  if (!self_refreshing_) RefreshSelf();
  page = pages_.Get(response.format, response.encoding);
  if (page == nullptr) {
    response = ErrorResponse(503);
    response.handler = Handler::kMetrics;
  }
  return response;
}

std::string_view PrometheusServer::Impl::Date() {
  const std::time_t now = WallTime::clock::to_time_t(clock_.Wall());
  if (now != date_second_ || date_size_ == 0) {
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm t{};
    gmtime_r(&now, &t);
    const auto end = fmt::format_to_n(
        date_.data(), date_.size(), "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[t.tm_wday],
        t.tm_mday, kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    date_size_ = std::min(end.size, date_.size());
    date_second_ = now;
  }
  return {date_.data(), date_size_};
}

// One timer for all deadlines, running only while somebody is connected. A deadline is passed by up
// to a tenth of the shortest; setting a timer for each step of each connection would cost more than
// the step.
void PrometheusServer::Impl::ArmSweep() {
  if (sweep_armed_ || sessions_.empty()) return;
  sweep_armed_ = true;
  const auto shortest =
      std::min({options_.header_timeout, options_.idle_timeout, options_.write_timeout});
  sweep_.expires_after(std::clamp(shortest / 10, milliseconds(5), milliseconds(1000)));
  sweep_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    self->sweep_armed_ = false;
    if (ec) return;
    const MonoTime now = self->Now();
    self->sweeping_.clear();
    for (const auto& [key, session] : self->sessions_) self->sweeping_.push_back(session);
    for (const auto& session : self->sweeping_) session->Sweep(now);
    self->sweeping_.clear();
    self->ArmSweep();
  });
}

// Now, and from then on again and again: beside the scrapes, which are not to pay for it.
void PrometheusServer::Impl::RefreshSelf() {
  self_refreshing_ = true;
  self_timer_.expires_after(options_.self_refresh);
  self_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec) self->RefreshSelf();
  });
  self_.Refresh();
}

std::vector<std::uint16_t> PrometheusServer::Impl::Ports() const {
  std::vector<std::uint16_t> out;
  for (const auto& listener : listeners_) out.push_back(listener->port);
  return out;
}

PrometheusServer::PrometheusServer(asio::io_context& io, PrometheusOptions options,
                                   const SeriesTable& table, const Clock& clock, SelfRegistry& self)
    : impl_(std::make_shared<Impl>(io, std::move(options), table, clock, self)) {}

PrometheusServer::~PrometheusServer() {
  try {
    impl_->Stop();
  } catch (const std::exception&) {
    // No memory for its lists: what holds the sockets closes them by itself.
  }
}

Result<void> PrometheusServer::Start() { return impl_->Start(); }
Result<void> PrometheusServer::Reload(PrometheusOptions options) {
  return impl_->Reload(std::move(options));
}
void PrometheusServer::Stop() { impl_->Stop(); }
std::vector<std::uint16_t> PrometheusServer::ports() const { return impl_->Ports(); }

}  // namespace ecsward
