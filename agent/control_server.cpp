#include "agent/control_server.h"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <exception>
#include <set>
#include <thread>

namespace ecsward {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Local = asio::local::stream_protocol;

// After accept failed, which it does when the process has no descriptor left.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

class ControlServer::Impl : public std::enable_shared_from_this<ControlServer::Impl> {
 public:
  Impl(asio::io_context& io, std::string path, Handler handler, Limits limits)
      : path_(std::move(path)),
        handler_(std::move(handler)),
        limits_(limits),
        io_(io),
        acceptor_(io),
        pause_(io) {}

  Result<void> Start();
  void Stop();
  const std::string& path() const { return path_; }

 private:
  class Session;
  void Accept();
  void AcceptLater();
  void Ended(const std::shared_ptr<Session>& session);
  Result<std::vector<std::string>> Handle(const ControlRequest& request) const {
    try {
      return handler_(request);
    } catch (const std::exception& e) {
      return Fail(ErrorCode::kInternal, e.what());
    }
  }

  const std::string path_;
  const Handler handler_;
  const Limits limits_;
  asio::io_context& io_;
  Local::acceptor acceptor_;
  asio::steady_timer pause_;
  std::set<std::shared_ptr<Session>> sessions_;
  std::size_t answer_bytes_ = 0;
  bool accepting_ = false;
  dev_t device_ = 0;  // of the socket's file, to remove none but our own
  ino_t inode_ = 0;
};

// One connection: a request, its answer, the end.
class ControlServer::Impl::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Impl> server, Local::socket socket)
      : server_(std::move(server)), socket_(std::move(socket)), timer_(server_->io_) {}

  void Start() {
    Watch(server_->limits_.request_timeout);
    asio::async_read_until(socket_, asio::dynamic_buffer(line_, kMaxControlRequestBytes), '\n',
                           [self = shared_from_this()](const error_code& error, std::size_t size) {
                             if (error == asio::error::not_found) {
                               self->Send(ErrorLine("request too long"), {});
                             } else if (error) {
                               self->End();
                             } else {
                               self->Answer(std::string_view(self->line_).substr(0, size));
                             }
                           });
  }

  void End() {
    if (ended_) return;
    ended_ = true;
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    server_->answer_bytes_ -= bytes_;
    server_->Ended(shared_from_this());
  }

 private:
  void Watch(std::chrono::milliseconds patience) {
    timer_.expires_after(patience);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) self->End();
    });
  }

  void Answer(std::string_view line) {
    const auto request = ParseControlRequest(line);
    if (!request) return Send(ErrorLine(request.error().message), {});
    if (server_->answer_bytes_ >= server_->limits_.answer_bytes) {
      return Send(ErrorLine("busy with other clients; try again"), {});
    }
    if (!MayWait(request->what)) return Reply(server_->Handle(*request));
    // Not in the loop's thread: a disk that hangs must not hold up scrapes. Nobody waits for the
    // thread either; the session it keeps is all it needs, and the loop lives as long as the
    // process.
    std::thread([self = shared_from_this(), request = *request]() mutable {
      auto parts = self->server_->Handle(request);
      auto& io = self->server_->io_;
      asio::post(io, [self = std::move(self), parts = std::move(parts)]() mutable {
        if (!self->ended_) self->Reply(std::move(parts));
      });
    }).detach();
  }

  void Reply(Result<std::vector<std::string>> parts) {
    if (!parts) return Send(ErrorLine(parts.error().message), {});
    std::string head = OkLine(*parts);
    Send(std::move(head), std::move(*parts));
  }

  void Send(std::string head, std::vector<std::string> parts) {
    Watch(server_->limits_.answer_timeout);
    head_ = std::move(head);
    parts_ = std::move(parts);
    std::vector<asio::const_buffer> buffers{asio::buffer(head_)};
    for (const std::string& part : parts_) {
      bytes_ += part.size();
      buffers.push_back(asio::buffer(part));
    }
    server_->answer_bytes_ += bytes_;
    asio::async_write(socket_, buffers,
                      [self = shared_from_this()](const error_code&, std::size_t) { self->End(); });
  }

  const std::shared_ptr<Impl> server_;
  Local::socket socket_;
  asio::steady_timer timer_;
  std::string line_, head_;
  std::vector<std::string> parts_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

Result<void> ControlServer::Impl::Start() {
  if (path_.size() >= sizeof(sockaddr_un::sun_path)) {
    return Fail(ErrorCode::kInvalidArgument,
                path_ + ": longer than a socket's path may be, 107 bytes; set control.socket");
  }
  const Local::endpoint endpoint(path_);
  error_code error;
  struct stat s = {};
  if (::lstat(path_.c_str(), &s) == 0) {
    if (!S_ISSOCK(s.st_mode)) return Fail(ErrorCode::kInvalidArgument, path_ + ": not a socket");
    Local::socket probe(io_);
    if (!probe.connect(endpoint, error)) {
      return Fail(ErrorCode::kInvalidArgument,
                  path_ +
                      ": another ecsward answers here; give this one a state.directory or a "
                      "control.socket of its own");
    }
    if (error.value() != ECONNREFUSED && error.value() != ENOENT) {
      return ErrnoError(error.value(), path_);
    }
    ::unlink(path_.c_str());
  } else if (errno == ENOENT) {
    (void)::mkdir(path_.substr(0, path_.rfind('/')).c_str(), 0750);
  }
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.bind(endpoint, error);
  // Whoever may write to it may ask; until here only we may.
  if (!error && ::chmod(path_.c_str(), 0660) != 0)
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    error_code ignored;
    acceptor_.close(ignored);
    return ErrnoError(error.value(), path_);
  }
  if (::stat(path_.c_str(), &s) == 0) {
    device_ = s.st_dev;
    inode_ = s.st_ino;
  }
  Accept();
  return {};
}

void ControlServer::Impl::Accept() {
  if (accepting_ || !acceptor_.is_open() || sessions_.size() >= limits_.clients) return;
  accepting_ = true;
  acceptor_.async_accept(
      [self = shared_from_this()](const error_code& error, Local::socket socket) {
        self->accepting_ = false;
        if (error == asio::error::operation_aborted) return;
        if (error) return self->AcceptLater();
        const auto session = std::make_shared<Session>(self, std::move(socket));
        self->sessions_.insert(session);
        session->Start();
        self->Accept();
      });
}

void ControlServer::Impl::AcceptLater() {
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([self = shared_from_this()](const error_code&) { self->Accept(); });
}

void ControlServer::Impl::Ended(const std::shared_ptr<Session>& session) {
  sessions_.erase(session);
  Accept();
}

void ControlServer::Impl::Stop() {
  if (!acceptor_.is_open()) return;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (const auto sessions = sessions_; const auto& session : sessions) session->End();
  struct stat s = {};
  if (::stat(path_.c_str(), &s) == 0 && s.st_dev == device_ && s.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

ControlServer::ControlServer(asio::io_context& io, std::string path, Handler handler, Limits limits)
    : impl_(std::make_shared<Impl>(io, std::move(path), std::move(handler), limits)) {}
ControlServer::~ControlServer() {
  try {
    Stop();
  } catch (const std::exception&) {  // out of memory: the process's end closes what is open
  }
}
Result<void> ControlServer::Start() { return impl_->Start(); }
void ControlServer::Stop() { impl_->Stop(); }
const std::string& ControlServer::path() const { return impl_->path(); }

}  // namespace ecsward
