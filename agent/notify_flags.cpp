#include "agent/notify_flags.h"

namespace ecsward {
namespace {

void AddSilenceAdd(CLI::App& app, CommandLine& line) {
  AskArguments& ask = line.ask;
  AddDaemonFlags(app, line);
  app.add_option("matchers", ask.words,
                 "What is silenced: alertname=DiskFull mountpoint=~\"/data.*\"")
      ->required();
  app.add_option("--duration", ask.range, "For how long (1h)")->type_name("DURATION");
  app.add_option("--start", ask.start, "From this time on (now)")->type_name("TIME");
  app.add_option("--end", ask.end, "Until this time, instead of --duration")->type_name("TIME");
  app.add_option("--comment", ask.comment, "Why, for whoever wonders")->required();
  app.add_option("--author", ask.author, "Who (the user)")->type_name("NAME");
  app.footer(
      "Alerts whose labels match all of the matchers are not notified as long as the silence is "
      "in\n"
      "force. Prints its id.\n\n"
      "  ecsward silence add alertname=FilesystemFull mountpoint=/data --duration 2h --comment "
      "\"migration\"");
}

void AddTestNotification(CLI::App& app, CommandLine& line) {
  AddDaemonFlags(app, line);
  app.add_option("--receiver", line.ask.receiver, "Which one, as the configuration names it")
      ->required()
      ->type_name("NAME");
  app.add_option("--timeout", line.ask.timeout, "How long to wait for the deliveries (30s)")
      ->type_name("DURATION");
  app.footer(
      "The daemon sends a message that says it is a drill through every channel of the receiver,\n"
      "the way it sends alerts. Exit code 1 when one has not delivered it.\n\n"
      "  ecsward test notification --receiver ops");
}

void AddTestRoute(CLI::App& app, CommandLine& line) {
  app.add_option("--config", line.config_path, "Configuration file")
      ->type_name("FILE")
      ->default_str(line.config_path);
  app.add_option("--label", line.ask.words, "A label of the alert; may be given several times")
      ->type_name("NAME=VALUE")
      ->required();
  app.add_flag("--json", line.ask.json, "As JSON");
  app.footer(
      "Says which receivers an alert with these labels (and the host's external labels) would "
      "reach,\nand why. It needs no daemon.\n\n"
      "  ecsward test route --label alertname=DiskFull --label severity=critical");
}

}  // namespace

std::vector<VerbOf> AddNotifyVerbs(CLI::App& app, CLI::App& test, CommandLine& line) {
  CLI::App* silence = app.add_subcommand("silence", "Add, list or end silences");
  silence->require_subcommand(1);
  CLI::App* add = silence->add_subcommand("add", "Silence alerts for a while");
  AddSilenceAdd(*add, line);
  CLI::App* list = silence->add_subcommand("list", "Show the silences");
  AddDaemonFlags(*list, line);
  list->add_flag("--expired", line.ask.expired, "Also those that have ended");
  list->add_flag("--json", line.ask.json, "As Alertmanager's API writes them");
  CLI::App* expire = silence->add_subcommand("expire", "End silences now");
  AddDaemonFlags(*expire, line);
  expire->add_option("ids", line.ask.words, "Their ids")->required();

  CLI::App* notifications =
      app.add_subcommand("notifications", "Show what was sent, what waits, and what was given up");
  AddDaemonFlags(*notifications, line);
  notifications->add_flag("--json", line.ask.json, "As JSON");

  CLI::App* drill = test.add_subcommand("notification", "Send a drill to a receiver");
  AddTestNotification(*drill, line);
  CLI::App* route = test.add_subcommand("route", "Say which receivers an alert would reach");
  AddTestRoute(*route, line);
  return {{add, Verb::kSilenceAdd},         {list, Verb::kSilenceList},
          {expire, Verb::kSilenceExpire},   {notifications, Verb::kNotifications},
          {drill, Verb::kTestNotification}, {route, Verb::kTestRoute}};
}

}  // namespace ecsward
