#include "collectors/uname.h"

#include "collectors/text_scan.h"

namespace ecsward {
namespace {

constexpr Metric kInfo{"node_uname_info", "What uname(2) says of the host; always 1.",
                       MetricType::kGauge, "domainname,machine,nodename,release,sysname,version"};

struct Field {
  std::string_view file;
  std::string UnameInfo::*value;
};
constexpr std::array<Field, 6> kFields{{{"ostype", &UnameInfo::sysname},
                                        {"osrelease", &UnameInfo::release},
                                        {"version", &UnameInfo::version},
                                        {"hostname", &UnameInfo::nodename},
                                        {"domainname", &UnameInfo::domainname},
                                        {"arch", &UnameInfo::machine}}};  // since Linux 6.1

}  // namespace

UnameCollector::UnameCollector(const CollectorEnv& env)
    : kernel_(env.kernel), live_(env.root.live()) {
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    files_[i] = env.root.File(Tree::kProc, "sys/kernel/" + std::string(kFields[i].file));
  }
}

Result<void> UnameCollector::ReadFiles() {
  if (!kernel_.Uname(info_)) info_ = {};  // for what is not in a file
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    std::string_view text;
    const int error = files_[i].TryRead(buffer_, text);
    if (error == 0) {
      info_.*kFields[i].value = Trim(text);
    } else if (i == 0) {
      return ErrnoError(error, files_[i].path());
    }
  }
  return {};
}

Result<void> UnameCollector::Collect(const Tick&, Recorder& out) {
  if (auto done = live_ ? kernel_.Uname(info_) : ReadFiles(); !done) return done;
  out.Set(kInfo,
          {info_.domainname, info_.machine, info_.nodename, info_.release, info_.sysname,
           info_.version},
          1);
  return {};
}

}  // namespace ecsward
