#include "collectors/ports/port_checks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <re2/re2.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/late_module.h"

namespace ecsward {
namespace {

using Kind = CheckRule::Kind;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr Metric kUp{"ecsward_port_check_up", "Whether the port answered the check as it should.",
                     MetricType::kGauge, "expect,check"};
constexpr Metric kDuration{"ecsward_port_check_duration_seconds",
                           "How long the answer, or the failure, took.", MetricType::kGauge,
                           "expect,check"};
constexpr Metric kReason{"ecsward_port_check_failed_info",
                         "1 while a check fails, with the reason: refused, timeout, certificate, "
                         "protocol, status, body, latency, not_here (no address of this host), "
                         "error.",
                         MetricType::kGauge, "expect,check,reason"};
constexpr Metric kStatus{"ecsward_port_check_http_status_code",
                         "Status code of the last HTTP answer; absent when none came.",
                         MetricType::kGauge, "expect"};
constexpr Metric kExpiry{"ecsward_port_check_tls_expiry_timestamp_seconds",
                         "When the certificate that the port showed ends.", MetricType::kGauge,
                         "expect"};

double SecondsSince(SteadyTime start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

socklen_t MakeAddress(const std::string& text, std::uint16_t port, sockaddr_storage& out) {
  out = {};
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  (void)::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  std::memcpy(&out, &v6, sizeof v6);
  return sizeof v6;
}

// A socket that is closed with its owner.
class Socket {
 public:
  Socket() = default;
  Socket(int family, int type) : fd_(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// Only an address of this host can be bound to.
bool IsHere(const std::string& address) {
  sockaddr_storage storage{};
  const socklen_t size = MakeAddress(address, 0, storage);
  const Socket socket(storage.ss_family, SOCK_DGRAM);
  return socket.fd() >= 0 &&
         ::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0;
}

std::string_view ReasonOf(int error) {
  if (error == ECONNREFUSED) return "refused";
  return error == ETIMEDOUT ? "timeout" : "error";
}

// One connection being made: to the address of the rule, or to 127.0.0.1 and, where nobody is
// there, to ::1.
class Connecting {
 public:
  Connecting(const CheckRule& rule, CheckVerdict& verdict) : rule_(rule), verdict_(verdict) {
    addresses_ = rule.address.empty() ? std::vector<std::string>{"127.0.0.1", "::1"}
                                      : std::vector<std::string>{rule.address};
    Next();
  }
  bool done() const { return done_; }
  int fd() const { return socket_.fd(); }
  SteadyTime deadline() const { return start_ + rule_.timeout; }

  // poll(2) says that something happened.
  void Look() {
    int error = 0;
    socklen_t size = sizeof error;
    (void)::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return Finish("");
    Fail(error);
  }
  void Finish(std::string_view reason) {
    done_ = true;
    socket_ = Socket();
    verdict_.seconds = SecondsSince(start_);
    verdict_.reason = reason;
    if (reason.empty() && rule_.max_latency.count() > 0 &&
        verdict_.seconds * 1000 > static_cast<double>(rule_.max_latency.count())) {
      verdict_.reason = "latency";
    }
  }

 private:
  void Next() {
    sockaddr_storage storage{};
    const socklen_t size = MakeAddress(addresses_[tried_++], rule_.port, storage);
    socket_ = Socket(storage.ss_family, SOCK_STREAM);
    if (socket_.fd() < 0) return Fail(errno);
    if (::connect(socket_.fd(), reinterpret_cast<const sockaddr*>(&storage), size) == 0) {
      return Finish("");
    }
    if (errno != EINPROGRESS) Fail(errno);
  }
  void Fail(int error) {
    if (first_error_ == 0) first_error_ = error;
    if (tried_ < addresses_.size()) return Next();
    Finish(ReasonOf(first_error_));
  }

  const CheckRule& rule_;
  CheckVerdict& verdict_;
  const SteadyTime start_ = std::chrono::steady_clock::now();
  std::vector<std::string> addresses_;
  std::size_t tried_ = 0;
  int first_error_ = 0;
  Socket socket_;
  bool done_ = false;
};

}  // namespace

struct PortChecksCollector::Check {
  CheckRule rule;
  std::unique_ptr<re2::RE2> body;
};

CheckVerdict Judge(const CheckRule& rule, const re2::RE2* body, const NetAnswer& answer) {
  CheckVerdict out;
  out.seconds = answer.seconds;
  out.status = answer.status;
  out.certificate_ends = answer.certificate_ends;
  const bool good_status = rule.status == 0 ? answer.status >= 200 && answer.status <= 299
                                            : answer.status == rule.status;
  switch (answer.failure) {
    case NetAnswer::Failure::kRefused:
      out.reason = "refused";
      return out;
    case NetAnswer::Failure::kTimeout:
      out.reason = "timeout";
      return out;
    case NetAnswer::Failure::kCertificate:
      out.reason = "certificate";
      return out;
    case NetAnswer::Failure::kProtocol:
      out.reason = "protocol";
      return out;
    case NetAnswer::Failure::kNone:
      break;
  }
  if (rule.kind != Kind::kTls && !good_status) {
    out.reason = "status";
  } else if (body != nullptr &&
             !re2::RE2::PartialMatch(re2::StringPiece(answer.body.data(), answer.body.size()),
                                     *body)) {
    out.reason = "body";
  } else if (rule.max_latency.count() > 0 &&
             answer.seconds * 1000 > static_cast<double>(rule.max_latency.count())) {
    out.reason = "latency";
  }
  return out;
}

PortChecksCollector::PortChecksCollector(const CollectorEnv&, const CollectorOptions& options,
                                         std::string module_folder)
    : ca_file_(options.String("ca_file")), module_folder_(std::move(module_folder)) {
  for (CheckRule& rule : ParseCheckList(options.String("checks"))) {
    const bool known = std::any_of(checks_.begin(), checks_.end(), [&](const Check& check) {
      return check.rule.text == rule.text;
    });
    if (known) continue;
    if (checks_.size() == kMaxChecks) {
      ++left_out_;
      continue;
    }
    Check check;
    if (!rule.body.empty()) {
      re2::RE2::Options patterns;
      patterns.set_log_errors(false);
      patterns.set_encoding(re2::RE2::Options::EncodingLatin1);  // a body need not be UTF-8
      check.body = std::make_unique<re2::RE2>(rule.body, patterns);
    }
    check.rule = std::move(rule);
    checks_.push_back(std::move(check));
  }
}

PortChecksCollector::~PortChecksCollector() = default;

Result<void> PortChecksCollector::Collect(const Tick&, Recorder& out) {
  if (checks_.empty()) return Fail(ErrorCode::kNotSupported, "no checks are configured");
  std::vector<CheckVerdict> verdicts(checks_.size());
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const CheckRule& rule = checks_[i].rule;
    if (!rule.elsewhere && !rule.address.empty() && !IsHere(rule.address)) {
      verdicts[i].reason = "not_here";
    }
  }
  Connect(verdicts);
  auto asked = AskModule(verdicts);
  Report(verdicts, out);
  if (!asked) return asked;
  if (left_out_ > 0) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} checks beyond {} are left out", left_out_, kMaxChecks));
  }
  return {};
}

void PortChecksCollector::Connect(std::vector<CheckVerdict>& verdicts) {
  std::vector<Connecting> all;
  all.reserve(checks_.size());
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    if (checks_[i].rule.kind != Kind::kConnect || !verdicts[i].reason.empty()) continue;
    all.emplace_back(checks_[i].rule, verdicts[i]);
  }
  std::vector<pollfd> polled;
  std::vector<Connecting*> waiting;
  for (;;) {
    polled.clear();
    waiting.clear();
    const SteadyTime now = std::chrono::steady_clock::now();
    SteadyTime next = SteadyTime::max();
    for (Connecting& one : all) {
      if (!one.done() && one.deadline() <= now) one.Finish("timeout");
      if (one.done()) continue;
      waiting.push_back(&one);
      polled.push_back({one.fd(), POLLOUT, 0});
      next = std::min(next, one.deadline());
    }
    if (waiting.empty()) return;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
    if (::poll(polled.data(), polled.size(), static_cast<int>(wait)) <= 0) continue;
    for (std::size_t i = 0; i < polled.size(); ++i) {
      if (polled[i].revents != 0) waiting[i]->Look();
    }
  }
}

Result<void> PortChecksCollector::AskModule(std::vector<CheckVerdict>& verdicts) {
  std::vector<NetQuestion> questions;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const CheckRule& rule = checks_[i].rule;
    if (rule.kind == Kind::kConnect || !verdicts[i].reason.empty()) continue;
    NetQuestion question;
    question.tls = rule.kind != Kind::kHttp;
    question.http = rule.kind != Kind::kTls;
    question.address = rule.address;
    question.port = rule.port;
    question.host = rule.host;
    question.path = rule.path;
    question.timeout = rule.timeout;
    question.insecure = rule.insecure;
    question.ca_file = ca_file_;
    questions.push_back(std::move(question));
    places.push_back(i);
  }
  if (questions.empty()) return {};
  if (!module_) {
    auto symbol = LoadLateModule(kNetCheckModule, kNetCheckSymbol, module_folder_,
                                 "http, https and tls checks");
    if (!symbol) {
      for (const std::size_t place : places) verdicts[place].reason = "error";
      return std::move(symbol).error();
    }
    module_.reset(reinterpret_cast<NetCheckFactory>(*symbol)());
    if (!module_) return Fail(ErrorCode::kIo, std::string(kNetCheckModule) + ": cannot start");
  }
  const std::vector<NetAnswer> answers = module_->Ask(questions);
  for (std::size_t i = 0; i < places.size() && i < answers.size(); ++i) {
    const Check& check = checks_[places[i]];
    verdicts[places[i]] = Judge(check.rule, check.body.get(), answers[i]);
  }
  return {};
}

void PortChecksCollector::Report(const std::vector<CheckVerdict>& verdicts, Recorder& out) const {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    const CheckRule& rule = checks_[i].rule;
    const CheckVerdict& verdict = verdicts[i];
    const std::string_view kind = ToString(rule.kind);
    out.Set(kUp, {rule.text, kind}, verdict.reason.empty() ? 1 : 0);
    out.Set(kDuration, {rule.text, kind}, verdict.seconds);
    if (!verdict.reason.empty()) out.Set(kReason, {rule.text, kind, verdict.reason}, 1);
    if (verdict.status != 0) out.Set(kStatus, {rule.text}, verdict.status);
    if (verdict.certificate_ends != 0) {
      out.Set(kExpiry, {rule.text}, static_cast<double>(verdict.certificate_ends));
    }
  }
}

}  // namespace ecsward
