#include "collectors/process/oom_record.h"

#include "collectors/offender_name.h"
#include "collectors/process/cgroup_unit.h"
#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr std::uint64_t kFacilityShift = 3;

// Takes "4242 (some name) rest" apart. The name may hold anything, so the last ") " closes it.
bool ParseNumberAndName(std::string_view text, OomText& out) {
  const auto open = text.find(" (");
  if (open == std::string_view::npos || !ParseInt(text.substr(0, open), out.pid)) return false;
  text.remove_prefix(open + 2);
  // What follows the name is the kernel's: "total-vm:", "score ", "," or the end.
  auto close = text.rfind(") total-vm:");
  if (close == std::string_view::npos) close = text.rfind(") score ");
  if (close == std::string_view::npos) close = text.rfind("), ");
  if (close == std::string_view::npos) close = text.rfind(')');
  if (close == std::string_view::npos) return false;
  out.process = text.substr(0, close);
  return out.pid > 0;
}

bool ParseChosen(std::string_view text, OomText& out) {
  constexpr std::string_view kPid = ",pid=";
  constexpr std::string_view kTask = ",task=";
  constexpr std::string_view kCgroup = ",task_memcg=";
  const auto uid = text.rfind(",uid=");
  if (uid == std::string_view::npos) return false;
  text = text.substr(0, uid);
  const auto pid = text.rfind(kPid);
  if (pid == std::string_view::npos || !ParseInt(text.substr(pid + kPid.size()), out.pid)) {
    return false;
  }
  text = text.substr(0, pid);
  // A process may call itself ",task=x": what the kernel wrote comes first.
  const auto cgroup = text.find(kCgroup);
  const auto task = text.find(kTask, cgroup == std::string_view::npos ? 0 : cgroup);
  if (task == std::string_view::npos) return false;
  out.process = text.substr(task + kTask.size());
  if (cgroup != std::string_view::npos) {
    const auto begin = cgroup + kCgroup.size();
    out.cgroup = text.substr(begin, task - begin);
  }
  out.what = OomText::What::kChosen;
  out.in_cgroup = text.starts_with("oom-kill:constraint=CONSTRAINT_MEMCG");
  out.told_scope = true;
  return out.pid > 0;
}

bool Cut(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

bool ParseKernelRecord(std::string_view line, KernelRecord& out) {
  const auto semicolon = line.find(';');
  if (semicolon == std::string_view::npos) return false;
  std::string_view head = line.substr(0, semicolon);
  const auto comma = head.find(',');
  if (comma == std::string_view::npos) return false;
  std::uint64_t priority = 0;
  if (!ParseUint(head.substr(0, comma), priority)) return false;
  head.remove_prefix(comma + 1);
  if (!ParseUint(head.substr(0, head.find(',')), out.sequence)) return false;
  // What programs write to /dev/kmsg never has facility 0.
  out.from_kernel = priority >> kFacilityShift == 0;
  const std::string_view text = line.substr(semicolon + 1);
  out.text = text.substr(0, text.find('\n'));
  return true;
}

std::optional<OomText> ParseOomText(std::string_view text) {
  OomText out;
  if (text.starts_with("oom-kill:")) {
    return ParseChosen(text, out) ? std::optional(out) : std::nullopt;
  }
  if (Cut(text, "Task in ")) {
    const auto end = text.find(" killed as a result of limit of ");
    if (end == std::string_view::npos) return std::nullopt;
    out.cgroup = text.substr(0, end);
    out.in_cgroup = out.told_scope = true;
    return out;
  }
  if (Cut(text, "Memory cgroup out of memory")) {
    out.in_cgroup = out.told_scope = true;
  } else if (Cut(text, "Out of memory")) {  // also "Out of memory (oom_kill_allocating_task)"
    out.told_scope = true;
  }
  if (out.told_scope) {
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    text.remove_prefix(colon + 2);
  }
  if (Cut(text, "Killed process ")) {
    out.what = OomText::What::kKilled;
  } else if (!out.told_scope || !Cut(text, "Kill process ")) {
    return std::nullopt;
  }
  return ParseNumberAndName(text, out) ? std::optional(out) : std::nullopt;
}

std::string OwnerOfCgroup(std::string_view path) {
  const std::string line = "0::" + std::string(path);
  const CgroupUnit owner = ParseCgroupUnit(line);
  if (!owner.container.empty()) return "container:" + OffenderName(owner.container, false);
  return owner.unit.empty() ? "" : OffenderName(owner.unit, false);
}

std::optional<OomKill> OomStory::Add(const KernelRecord& record) {
  if (!record.from_kernel) return std::nullopt;
  const auto text = ParseOomText(record.text);
  if (!text) return std::nullopt;
  OomKill kill;
  kill.pid = text->pid;
  switch (text->what) {
    case OomText::What::kAbout:
      announced_ = true;
      announced_at_ = record.sequence;
      in_cgroup_ = text->in_cgroup;
      if (!text->cgroup.empty()) cgroup_ = text->cgroup;
      return std::nullopt;
    case OomText::What::kChosen:
      told_pid_ = text->pid;
      told_at_ = record.sequence;
      kill.in_cgroup = text->in_cgroup;
      kill.unit = OwnerOfCgroup(text->cgroup);
      break;
    case OomText::What::kKilled: {
      const bool told = told_pid_ == text->pid && record.sequence - told_at_ < kTogether;
      told_pid_ = 0;
      if (told) return std::nullopt;
      const bool announced = announced_ && record.sequence - announced_at_ < kTogether;
      kill.in_cgroup = text->told_scope ? text->in_cgroup : announced && in_cgroup_;
      if (announced) kill.unit = OwnerOfCgroup(cgroup_);
      announced_ = false;
      cgroup_.clear();
      break;
    }
  }
  kill.process = OffenderName(text->process, false);
  return kill;
}

}  // namespace ecsward
