#include "exporters/prometheus/session.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

namespace ecsward {
namespace {

using boost::asio::ip::tcp;

// Steps before others get their turn: a client may have filled its pipe with requests.
constexpr int kStepsPerRun = 64;
// How long a client may take to read the last answer. Closing at once, with bytes of its request
// unread, would make the kernel throw the answer away.
constexpr std::chrono::seconds kLinger{2};

IoStatus StatusOfErrno() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return IoStatus::kWantRead;
  return IoStatus::kFailed;
}

}  // namespace

Session::Session(std::shared_ptr<SessionHost> host, tcp::socket socket)
    : host_(std::move(host)),
      socket_(std::move(socket)),
      reader_({.header_bytes = host_->options().max_header_bytes,
               .body_bytes = host_->options().max_body_bytes}),
      deadline_(host_->Now() + host_->options().header_timeout) {
  head_.reserve(1024);
}

void Session::Start() {
  boost::system::error_code ec;
  socket_.native_non_blocking(true, ec);
  socket_.set_option(tcp::no_delay(true), ec);  // an answer is written in one or two pieces
  host_->guard().Refresh(host_->Now());
  if (TlsContext* const tls = host_->guard().tls()) {
    tls_ = tls->Accept(socket_.native_handle());
    if (tls_ == nullptr) return Close();
    phase_ = Phase::kHandshake;
  }
  Run();
}

void Session::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  boost::system::error_code ignored;
  socket_.close(ignored);
  page_.reset();
  host_->Forget(*this);
}

void Session::Sweep(MonoTime now) {
  if (now < deadline_ || phase_ == Phase::kClosed) return;
  if (phase_ != Phase::kLingering) host_->metrics().TimedOut();
  if (phase_ == Phase::kHandshake) host_->metrics().TlsHandshakeFailed();
  if (phase_ == Phase::kReading && !reader_.empty()) {
    // As much of the reason as goes without waiting.
    Send(ErrorResponse(408), nullptr, false, false);
    (void)Write();
  }
  Close();
}

void Session::Run() {
  for (int step = 0; step < kStepsPerRun; ++step) {
    Next next = Next::kStop;
    switch (phase_) {
      case Phase::kHandshake:
        next = Handshake();
        break;
      case Phase::kReading:
        next = ReadOn();
        break;
      case Phase::kWriting:
        next = WriteOn();
        break;
      case Phase::kLingering:
        next = LingerOn();
        break;
      case Phase::kChecking:
      case Phase::kClosed:
        break;
    }
    if (next == Next::kStop) return;
  }
  boost::asio::post(socket_.get_executor(), [self = shared_from_this()] { self->Run(); });
}

Session::Next Session::WaitFor(IoStatus status) {
  if (status != IoStatus::kWantRead && status != IoStatus::kWantWrite) {
    Close();
    return Next::kStop;
  }
  const auto direction =
      status == IoStatus::kWantRead ? tcp::socket::wait_read : tcp::socket::wait_write;
  socket_.async_wait(direction, [self = shared_from_this()](const boost::system::error_code& ec) {
    if (ec) return self->Close();
    self->Run();
  });
  return Next::kStop;
}

Session::Next Session::Handshake() {
  const IoStatus status = tls_->Handshake();
  if (status == IoStatus::kOk) {
    phase_ = Phase::kReading;
    return Next::kGoOn;
  }
  if (status == IoStatus::kClosed || status == IoStatus::kFailed) {
    host_->metrics().TlsHandshakeFailed();
  }
  return WaitFor(status);
}

Session::Next Session::ReadOn() {
  switch (reader_.Next()) {
    case RequestReader::State::kRequest:
      OnRequest();
      return Next::kGoOn;
    case RequestReader::State::kBad:
      request_time_ = host_->Now();
      Send(ErrorResponse(reader_.error_status()), nullptr, false, false);
      return Next::kGoOn;
    case RequestReader::State::kNeedMore:
      break;
  }
  const std::span<char> space = reader_.Space();
  const IoResult got = Read(space.data(), space.size());
  if (got.status != IoStatus::kOk) return WaitFor(got.status);
  reader_.Received(got.bytes);
  if (!begun_) {
    begun_ = true;
    deadline_ = host_->Now() + host_->options().header_timeout;
  }
  return Next::kGoOn;
}

void Session::OnRequest() {
  request_time_ = host_->Now();
  WebGuard& guard = host_->guard();
  guard.Refresh(request_time_);
  if (!guard.has_users()) return Reply();
  const auto done = [self = shared_from_this()](bool allowed) {
    if (self->phase_ != Phase::kChecking) return;
    if (allowed) {
      self->Reply();
    } else {
      self->Send(ErrorResponse(401), nullptr, self->reader_.request().keep_alive,
                 self->reader_.request().method == "HEAD");
    }
    self->Run();
  };
  const EndpointRequest& request = reader_.request();
  const bool head_only = request.method == "HEAD";
  switch (guard.Check(request.authorization, done)) {
    case WebGuard::Access::kAllowed:
      return Reply();
    case WebGuard::Access::kDenied:
      return Send(ErrorResponse(401), nullptr, request.keep_alive, head_only);
    case WebGuard::Access::kBusy:
      return Send(ErrorResponse(503), nullptr, false, head_only);
    case WebGuard::Access::kPending:
      phase_ = Phase::kChecking;
      deadline_ = request_time_ + host_->options().write_timeout;
      return;
  }
}

void Session::Reply() {
  PageRef page;
  const EndpointRequest& request = reader_.request();
  const EndpointResponse response = host_->Answer(request, page);
  scraping_ = response.is_page;
  Send(response, std::move(page), request.keep_alive, request.method == "HEAD");
}

void Session::Send(const EndpointResponse& response, PageRef page, bool keep_alive,
                   bool head_only) {
  const std::string_view body = page == nullptr ? response.body() : page->view();
  head_.resize(kMaxHead);
  head_.resize(WriteHead(response, body.size(), keep_alive, host_->Date(), head_.data()));
  head_ += host_->guard().headers();
  head_ += "\r\n";
  if (!head_only && page == nullptr) head_ += body;
  page_ = head_only ? nullptr : std::move(page);
  keep_alive_ = keep_alive;
  sent_ = 0;
  to_send_ = head_.size() + (page_ == nullptr ? 0 : page_->view().size());
  phase_ = Phase::kWriting;
  deadline_ = host_->Now() + host_->options().write_timeout;
  host_->metrics().Answered(response.handler, response.status, head_only ? 0 : body.size());
}

Session::Next Session::WriteOn() {
  while (sent_ < to_send_) {
    const IoResult put = Write();
    if (put.status != IoStatus::kOk) return WaitFor(put.status);
    sent_ += put.bytes;
  }
  AfterReply();
  return Next::kGoOn;
}

void Session::AfterReply() {
  page_.reset();
  const MonoTime now = host_->Now();
  if (scraping_) host_->metrics().Scraped(now - request_time_);
  scraping_ = false;
  if (!keep_alive_) {
    if (tls_ != nullptr) tls_->Shutdown();
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    phase_ = Phase::kLingering;
    deadline_ = now + kLinger;
    return;
  }
  reader_.Done();
  phase_ = Phase::kReading;
  begun_ = !reader_.empty();
  deadline_ = now + (begun_ ? host_->options().header_timeout : host_->options().idle_timeout);
}

Session::Next Session::LingerOn() {
  char away[4096];
  const ssize_t n = recv(socket_.native_handle(), away, sizeof away, 0);
  if (n > 0) return Next::kGoOn;
  return WaitFor(n == 0 ? IoStatus::kClosed : StatusOfErrno());
}

IoResult Session::Read(char* out, std::size_t size) {
  if (tls_ != nullptr) return tls_->Read(out, size);
  const ssize_t n = recv(socket_.native_handle(), out, size, 0);
  if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
  return {n == 0 ? IoStatus::kClosed : StatusOfErrno(), 0};
}

IoResult Session::Write() {
  const std::string_view page = page_ == nullptr ? std::string_view() : page_->view();
  const std::size_t of_page = sent_ > head_.size() ? sent_ - head_.size() : 0;
  const std::string_view head = std::string_view(head_).substr(std::min(sent_, head_.size()));
  const std::string_view rest = page.substr(std::min(of_page, page.size()));
  if (tls_ != nullptr) {
    const std::string_view part = head.empty() ? rest : head;
    return tls_->Write(part.data(), part.size());
  }
  // NOLINTBEGIN(cppcoreguidelines-pro-type-const-cast): iovec knows no const; sendmsg only reads
  std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                             iovec{const_cast<char*>(rest.data()), rest.size()}};
  // NOLINTEND(cppcoreguidelines-pro-type-const-cast)
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  const ssize_t n = sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  if (n > 0) return {IoStatus::kOk, static_cast<std::size_t>(n)};
  const IoStatus status = StatusOfErrno();
  return {status == IoStatus::kWantRead ? IoStatus::kWantWrite : status, 0};
}

}  // namespace ecsward
