// Alertmanager's notification data for templates, and what ecsward adds to it.
// source: https://prometheus.io/docs/alerting/latest/notifications/#data
#pragma once

#include <string>

#include "exporters/notify/content.h"
#include "exporters/notify/content/alert_facts.h"
#include "exporters/notify/content/notice_view.h"
#include "rules/template/value.h"

namespace ecsward::notify {

// All of it outlives the values.
struct TemplateSource {
  const Notification& notification;
  const NoticeView& view;
  const Telling& telling;
  const std::string& external_url;
  TextLimit limit;  // of the default texts
};
templates::Value DataOf(const TemplateSource& source);

// Defines the default texts: {{ template "ecsward.title" . }}.
extern const char* const kDefaultTemplates;

}  // namespace ecsward::notify
