// libFuzzer's entry: `ecsward_fuzz --target=parse_loadavg tests/fuzz/corpus/parse_loadavg`, with
// any of libFuzzer's own flags. `--list` prints the targets.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace {

const ecsward::FuzzTarget* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kFlag = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view arg = (*argv)[i];
    for (const ecsward::FuzzTarget& t : ecsward::FuzzTargets()) {
      if (arg == "--list") std::printf("%.*s\n", static_cast<int>(t.name.size()), t.name.data());
      if (arg.starts_with(kFlag) && arg.substr(kFlag.size()) == t.name) target = &t;
    }
    if (arg == "--list") std::exit(0);
  }
  if (target == nullptr) {
    std::fprintf(stderr,
                 "usage: ecsward_fuzz --target=NAME [libFuzzer flags]; --list names them\n");
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
