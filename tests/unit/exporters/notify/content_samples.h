// Alerts and notifications that the tests of texts tell of, and a time zone for them.
#pragma once

#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

#include "exporters/notify/content.h"

namespace ecsward::notify {

// Times of day are shown in the host's zone: this one, until the end of the test.
class HostZone {
 public:
  explicit HostZone(const char* zone = "Asia/Shanghai") {
    if (const char* before = std::getenv("TZ")) before_ = before;
    Use(zone);
  }
  ~HostZone() { before_.empty() ? Forget() : Use(before_.c_str()); }
  HostZone(const HostZone&) = delete;
  HostZone& operator=(const HostZone&) = delete;

 private:
  static void Use(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static void Forget() {
    ::unsetenv("TZ");
    ::tzset();
  }
  std::string before_;
};

inline constexpr std::int64_t kSampleStartMs = 1'740'830'400'123;  // 2025-03-01T12:00:00.123Z

// Fires for 12 minutes.
inline NotifiedAlert SampleAlert() {
  NotifiedAlert alert;
  alert.labels = {{"alertname", "HostCpuBusy"},
                  {"device", "vda"},
                  {"hostname", "web-1"},
                  {"instance", "web-1"},
                  {"severity", "warning"}};
  alert.annotations = {
      {"description", "CPU 使用率已持续 10 分钟高于 90%。请先看证据中列出的进程。"},
      {"runbook_url", "https://wiki.example.com/cpu?host=web-1"},
      {"summary", "web-1 CPU 使用率 97.2%"}};
  alert.starts_at_ms = kSampleStartMs;
  alert.updated_at_ms = kSampleStartMs + 720'000;
  alert.value = 0.972;
  Evidence evidence;
  evidence.time_ms = kSampleStartMs;
  evidence.unit = "cores";
  evidence.offenders = {{"php-fpm", 812, 0.61, 2.4}, {"mysqld", 300, 0.12, 0.5}};
  alert.evidence = {evidence};
  alert.generator_url = "http://web-1:9101/rules#HostCpuBusy";
  return alert;
}

// The same, over after 15 minutes.
inline NotifiedAlert ResolvedSample() {
  NotifiedAlert alert = SampleAlert();
  alert.ends_at_ms = kSampleStartMs + 900'000;
  alert.value = 0.31;
  return alert;
}

inline NotifiedAlert NumberedAlert(int number) {
  NotifiedAlert alert = SampleAlert();
  Set(alert.labels, "device", "vd" + std::to_string(number));
  Set(alert.annotations, "summary", "磁盘 vd" + std::to_string(number) + " 将满");
  return alert;
}

inline GroupNotice GroupOf(std::vector<NotifiedAlert> alerts) {
  GroupNotice group;
  group.group_key = "{}:{alertname=\"HostCpuBusy\"}";
  group.group_labels = {{"alertname", "HostCpuBusy"}};
  group.at_ms = kSampleStartMs + 720'000;
  for (const NotifiedAlert& alert : alerts) group.at_ms = std::max(group.at_ms, alert.ends_at_ms);
  group.alerts = std::move(alerts);
  return group;
}

inline Notification NotificationOf(std::vector<NotifiedAlert> alerts) {
  Notification notification;
  notification.id = "3f2a";
  notification.receiver = "ops";
  notification.groups.push_back(GroupOf(std::move(alerts)));
  return notification;
}

inline ContentOptions SampleOptions(std::string language = "zh") {
  ContentOptions options;
  options.language = std::move(language);
  options.external_url = "https://ward.example.com/web-1";
  options.host = {
      {"instance_id", "i-bp1abc"}, {"private_ip", "10.0.0.5"}, {"region", "cn-hangzhou"}};
  return options;
}

}  // namespace ecsward::notify
