// Three threads of our own: this one, the event loop (signals, HTTP, control socket, watchdog), the
// sampler's, which also runs the alert rules, and the one that keeps their state. They share the
// series table, whose snapshots are whole ticks, the atomics of ReloadStatus, and Alerting.
#include "agent/daemon.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>

#include "agent/alerting.h"
#include "agent/board_json.h"
#include "agent/config_command.h"
#include "agent/control_server.h"
#include "agent/host_status.h"
#include "agent/notify_json.h"
#include "agent/notify_metrics.h"
#include "agent/process.h"
#include "agent/sampler_thread.h"
#include "agent/startup_pages.h"
#include "agent/version.h"
#include "base/sd_notify.h"
#include "collectors/evidence_thread.h"
#include "exporters/notify/notifier.h"
#include "exporters/prometheus/page.h"
#include "exporters/prometheus/self_registry.h"
#include "exporters/prometheus/server.h"

namespace ecsward {
namespace {

namespace asio = boost::asio;

// Together below the 2 s in which SIGTERM is promised to work.
constexpr std::chrono::milliseconds kStopPatience{900}, kSavePatience{400}, kNotifyPatience{400};

// What runs seldom (restoring the state, a reload, a checkpoint of the history) touches code that
// the next minutes do not need.
constexpr std::chrono::seconds kReleaseEvery{30};

// Of the queue, and of the dead letters, in one answer.
constexpr std::size_t kShownLetters = 1000;

class Daemon {
 public:
  explicit Daemon(const CommandLine& line)
      : line_(line), manager_(ServiceManager::FromEnvironment()) {}

  // errors: what keeps the daemon from starting; already logged line by line when `message` is
  // empty
  Result<void> Start() {
    PrepareProcess(log_);
    LoadedConfig loaded = LoadConfigFor(line_);
    if (line_.overrides.log_level) log_.SetLevel(*line_.overrides.log_level);
    if (!loaded.problems.empty()) {
      LogProblems(loaded);
      return Fail(ErrorCode::kInvalidArgument, "");
    }
    LogWarnings(loaded);
    config_ = std::move(loaded.config);
    reload_.success_unix_seconds = UnixSeconds(clock_.Wall());
    log_.SetLevel(config_.log_level);

    server_ =
        std::make_unique<PrometheusServer>(io_, EndpointOptions(config_), table_, clock_, self_);
    if (auto ok = server_->Start(); !ok) return ok;
    if (auto ok = OpenControl(config_); !ok) return ok;
    evidence_ = std::make_unique<EvidenceThread>(HostRoot(config_.paths), clock_, EvidenceOptions(),
                                                 boards_);
    alerting_.SetEvidence(*evidence_);
    alerting_.SetNotifier(notifier_, notify_metrics_);
    ConfigureNotifier(config_);
    alerting_.Configure(config_, std::move(loaded.rules.groups));
    // The first tick before anybody is answered: the first scrape has something to show.
    if (auto ok = sampler_.Configure(config_); !ok) return ok;
    LogListening();
    sampler_.Start();
    Report(manager_.Ready(StatusLine()));
    log_.Info("started", {{"version", kVersion}, {"config", ConfigName(loaded)}});
    ReleaseStartupPages();
    AwaitRelease();
    return {};
  }

  // Until a signal ends it.
  void Run() {
    AwaitSignal();
    AwaitWatchdog();
    for (bool again = true; again;) {
      try {
        io_.run();
        again = false;
      } catch (const std::exception& e) {  // a handler's; the others go on
        log_.LogError("event loop", {{"error", e.what()}});
      }
    }
    server_->Stop();
    control_.reset();
    if (!sampler_.Stop(kStopPatience)) {
      log_.Warn("a collector is stuck in the middle of a tick; leaving it behind");
    }
    if (!notifier_.Stop(kNotifyPatience))
      log_.Warn("a notification does not end; leaving it behind");
    if (!alerting_.Stop(kSavePatience)) log_.Warn("the disk is too slow: state not saved");
    log_.Info("stopped");
  }

  const Logger& log() const { return log_; }

 private:
  PrometheusOptions EndpointOptions(const Config& config) const {
    PrometheusOptions options = config.prometheus;
    // Three ticks, at the governor's longest.
    options.stale_after = std::max(
        options.stale_after, std::chrono::duration_cast<std::chrono::milliseconds>(
                                 3 * TickStretch(kGovernorMaxLevel) * config.collect.interval));
    options.warn = [this](const std::string& message) { log_.Warn(message); };
    return options;
  }

  void AwaitSignal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        Reload();
        AwaitSignal();
        return;
      }
      log_.Info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
      Report(manager_.Stopping());
      io_.stop();
    });
  }

  // systemd restarts the service when it hears nothing: when this loop hangs, or the sampler's
  // does.
  void AwaitWatchdog() {
    const auto interval = manager_.watchdog_interval();
    if (!interval) return;
    watchdog_.expires_after(*interval);
    watchdog_.async_wait([this, interval](const boost::system::error_code& error) {
      if (error) return;
      const auto silent = clock_.Mono() - sampler_.last_tick();
      if (silent < std::max<std::chrono::nanoseconds>(2 * *interval, 3 * sampler_.interval())) {
        Report(manager_.KeepAlive());
      } else {
        log_.LogError("no tick for a long time: the watchdog is not fed");
      }
      AwaitWatchdog();
    });
  }

  // All of the new configuration takes effect, or none of it.
  void Reload() {
    Report(manager_.Reloading(clock_.Mono()));
    LoadedConfig loaded = LoadConfigFor(line_);
    const bool ok = loaded.problems.empty() && Adopt(loaded);
    reload_.successful = ok;
    alerting_.SetReloaded(ok);
    if (ok) {
      reload_.success_unix_seconds = UnixSeconds(clock_.Wall());
      LogWarnings(loaded);
      log_.Info("configuration reloaded", {{"config", ConfigName(loaded)}});
      LogListening();
    } else {
      LogProblems(loaded);
      log_.LogError("configuration not reloaded; the one before stays in force");
    }
    Report(manager_.Ready(StatusLine()));
  }

  void AwaitRelease() {
    release_.expires_after(kReleaseEvery);
    release_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      ReleaseStartupPages();
      AwaitRelease();
    });
  }

  bool Adopt(LoadedConfig& loaded) {
    const Config& config = loaded.config;
    if (auto ok = server_->Reload(EndpointOptions(config)); !ok) {
      log_.LogError(ok.error().message);
      return false;
    }
    auto ok = OpenControl(config);
    if (ok) ok = sampler_.Configure(config);
    if (!ok) {
      log_.LogError(ok.error().message);
      if (auto back = server_->Reload(EndpointOptions(config_)); !back) {
        log_.LogError(back.error().message);
      }
      if (auto back = OpenControl(config_); !back) log_.LogError(back.error().message);
      return false;
    }
    if (config.state_directory != config_.state_directory) {
      log_.Warn("state.directory: the new one is taken up at the next start");
    }
    ConfigureNotifier(config);
    alerting_.Configure(config, std::move(loaded.rules.groups));
    config_ = config;
    log_.SetLevel(config_.log_level);
    return true;
  }

  void ConfigureNotifier(const Config& config) {
    notify::Notifier::Surroundings surroundings;
    surroundings.state_directory = config.state_directory;
    surroundings.network = [] { return LoadNetwork(); };
    surroundings.host = ExternalLabelsOf(config.alerting, HostName());
    notifier_.Configure(config.notify, std::move(surroundings));
  }

  // errors: when another daemon answers there. A socket that cannot be made is no reason not to
  // measure: only the commands miss it.
  Result<void> OpenControl(const Config& config) {
    const std::string path = ControlSocketPath(config, std::getenv("RUNTIME_DIRECTORY"));
    if (control_ != nullptr && control_->path() == path) return {};
    auto server = std::make_unique<ControlServer>(
        io_, path, [this](const ControlRequest& request) { return AnswerControl(request); });
    if (auto ok = server->Start(); !ok) {
      if (ok.error().code == ErrorCode::kInvalidArgument) return ok;
      log_.Warn("no control socket", {{"error", ok.error().message}});
      return {};
    }
    control_ = std::move(server);
    return {};
  }

  Result<std::vector<std::string>> AnswerControl(const ControlRequest& request) {
    std::vector<std::string> parts;
    switch (request.what) {
      case ControlRequest::What::kSettings:
        parts = {ToText(alerting_.Settings())};
        break;
      case ControlRequest::What::kAlerts:
        parts = {ToText(alerting_.Alerts())};
        break;
      case ControlRequest::What::kRules:
        parts = {ToText(alerting_.Statuses())};
        break;
      case ControlRequest::What::kHistory:
        parts = {alerting_.CopyHistory(request.series), Page(), ToText(alerting_.Settings())};
        break;
      case ControlRequest::What::kPorts: {
        const auto ports = boards_->ports.Read();
        if (!ports) return Fail(ErrorCode::kNotFound, "the collector `ports` does not run");
        parts = {ToText(*ports)};
        break;
      }
      case ControlRequest::What::kSilences:
        parts = {ToText(notifier_.Silences())};
        break;
      case ControlRequest::What::kSilenceAdd:
        return AddSilence(request.argument);
      case ControlRequest::What::kSilenceExpire: {
        if (auto ok = notifier_.ExpireSilence(request.argument); !ok) return Error(ok.error());
        parts = {""};
        break;
      }
      case ControlRequest::What::kNotifications:
        parts = {ToText(Notifications())};
        break;
      case ControlRequest::What::kDrill:
        return SendDrill(request.argument);
      case ControlRequest::What::kStatus: {
        const std::int64_t now_ms = UnixMilliseconds(clock_.Wall());
        parts = {ToText(StatusOf(*boards_, now_ms)), Page(), ToText(alerting_.Alerts())};
        break;
      }
    }
    return parts;
  }

  // Questions about notifications come in threads of their own (MayWait).

  Result<std::vector<std::string>> AddSilence(std::string_view text) {
    auto silence = notify::ParseSilence(text);
    if (!silence) return Error(silence.error());
    auto id = notifier_.AddSilence(std::move(*silence));
    if (!id) return Error(id.error());
    return std::vector<std::string>{*id};
  }

  NotificationsPicture Notifications() const {
    NotificationsPicture picture;
    picture.figures = notifier_.Figures();
    if (!picture.figures.on) return picture;
    for (const notify::Letter& letter : notifier_.Queue(kShownLetters)) {
      picture.queue.push_back(SummaryOf(letter));
    }
    if (const auto dead = notifier_.DeadLetters(kShownLetters)) {
      for (const notify::DeadLetter& letter : *dead) picture.dead.push_back(SummaryOf(letter));
    }
    return picture;
  }

  // A line "ID CHANNEL" for each.
  Result<std::vector<std::string>> SendDrill(std::string_view receiver) {
    const auto sent = notifier_.Drill(receiver);
    if (!sent) return Error(sent.error());
    std::string lines;
    for (const auto& [id, channel] : *sent) lines += id + " " + channel + "\n";
    return std::vector<std::string>{lines};
  }

  // Of the last tick; "" before the first.
  std::string Page() const {
    Snapshot snapshot;
    return table_.ReadLatest(snapshot) ? RenderPage(snapshot, PageFormat::kText) : std::string();
  }

  void LogWarnings(const LoadedConfig& loaded) const {
    for (const std::string& warning : loaded.rules.rule_warnings) log_.Warn(warning);
  }

  void LogProblems(const LoadedConfig& loaded) const {
    for (const std::string& problem : loaded.problems) log_.LogError(problem);
  }

  std::string_view ConfigName(const LoadedConfig& loaded) const {
    return loaded.no_file ? std::string_view("defaults") : std::string_view(line_.config_path);
  }

  // `msg="listening" address=127.0.0.1:43211`: with the real port where the configuration says 0.
  void LogListening() const {
    for (const std::string& address : Addresses()) log_.Info("listening", {{"address", address}});
  }

  std::vector<std::string> Addresses() const {
    std::vector<std::string> addresses;
    const auto ports = server_->ports();
    for (std::size_t i = 0; i < ports.size() && i < config_.prometheus.listen.size(); ++i) {
      const std::string& listen = config_.prometheus.listen[i];
      addresses.push_back(fmt::format("{}:{}", listen.substr(0, listen.rfind(':')), ports[i]));
    }
    return addresses;
  }

  std::string StatusLine() const {
    std::string status = "serving";
    for (const std::string& address : Addresses()) status += " " + address;
    return reload_.successful ? status : status + "; the last reload failed";
  }

  // systemd not listening is no reason to stop.
  void Report(const Result<void>& told) const {
    if (!told) log_.Warn("cannot tell systemd", {{"error", told.error().message}});
  }

  const CommandLine& line_;
  Logger log_;
  ServiceManager manager_;
  Config config_;
  SystemClock clock_;
  LinuxKernel kernel_;
  SeriesTable table_;
  ReloadStatus reload_;
  SelfRegistry self_;
  const std::shared_ptr<HostBoards> boards_ = std::make_shared<HostBoards>();
  std::unique_ptr<EvidenceThread> evidence_;
  notify::Notifier notifier_{clock_, log_};
  NotifyMetrics notify_metrics_{table_, notifier_};
  Alerting alerting_{table_, clock_, log_};
  SamplerThread sampler_{kernel_, clock_, table_, reload_, log_, &alerting_, boards_};
  asio::io_context io_{1};
  asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer watchdog_{io_}, release_{io_};
  std::unique_ptr<PrometheusServer> server_;
  std::unique_ptr<ControlServer> control_;
};

}  // namespace

int RunDaemon(const CommandLine& line) {
  // Never destroyed: a slow collector that is stuck in the kernel may come back at any time, and
  // uses what is in here.
  Daemon& daemon = *new Daemon(line);
  if (auto ok = daemon.Start(); !ok) {
    if (!ok.error().message.empty()) daemon.log().LogError(ok.error().message);
    return 1;
  }
  daemon.Run();
  return 0;
}

}  // namespace ecsward
