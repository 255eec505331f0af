#include "tests/fuzz/process_targets.h"

#include <cstdlib>

#include "collectors/offender_name.h"
#include "collectors/process/cgroup_oom.h"
#include "collectors/process/exit_events.h"
#include "collectors/process/group_rules.h"
#include "collectors/process/oom_record.h"
#include "collectors/process/process_details.h"
#include "collectors/process/stat_line.h"
#include "collectors/text_scan.h"

namespace ecsward {

void FuzzExitEvents(std::string_view t) {
  ParseExitEvents(t, [](const ProcessEnd& end) {
    if (end.pid <= 0 || Describe(end).empty()) std::abort();
  });
}

void FuzzGroupRule(std::string_view t) {
  if (t.size() > 300) return;  // compiling a regular expression is slow enough
  const auto rule = GroupRule::Parse(t);
  GroupSubject subject;
  subject.process = subject.executable = subject.unit = subject.cmdline = t;
  if (rule) (void)rule->Matches(subject);
  if (GroupName({}, subject).empty()) std::abort();
}

void FuzzKernelRecords(std::string_view t) {
  OomStory story;
  std::string_view line;
  while (NextLine(t, line)) {
    KernelRecord record;
    (void)ParseOomText(line);
    if (!ParseKernelRecord(line, record)) continue;
    const auto kill = story.Add(record);
    if (kill && (kill->pid <= 0 || kill->process.empty())) std::abort();
  }
}

void FuzzProcessDetails(std::string_view t) {
  ProcessIo io;
  std::uint64_t number = 0;
  (void)ParseProcessIoLines(t, io);
  (void)ParsePss(t, number);
  (void)ParseOomKills(t, number);
  if (UnifiedPath(t).find("/..") != std::string_view::npos) std::abort();
}

// What the quick parser takes says the same when it is read field by field.
void FuzzStatLine(std::string_view t) {
  StatLine line;
  if (!ParseStatLine(t, line)) return;
  (void)OffenderName(line.comm, line.kernel_thread);
  std::string_view rest = t.substr(t.rfind(')') + 1);
  std::string_view field;
  for (int number = 3; number <= 22; ++number) {
    if (!NextField(rest, field)) std::abort();
  }
  std::uint64_t start = 0;
  if (!ParseUint(field, start)) return;  // below zero, or more than 64 bits
  if (line.start_ticks != start) std::abort();
}

}  // namespace ecsward
