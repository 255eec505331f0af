// Which units have been started since the last look, without asking PID 1 anything.
//
// systemd keeps a symbolic link for each running unit, "invocation:nginx.service" → an id that is a
// new one each time it starts; journald reads it to know whose a line is. A unit that crashes and
// is started again within a second looks fine whenever somebody asks for its state, but its id has
// changed. Reading all links takes a tenth of a millisecond on a host with a hundred units.
// source: systemd's src/core/manager.c and unit.c, unit_export_invocation_id; since version 236
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ecsward {

class Invocations {
 public:
  static constexpr std::size_t kMaxUnits = 10'000;

  explicit Invocations(std::string folder) : folder_(std::move(folder)) {}

  // Fills `changed` with the services that were started or have stopped since the last Read, in
  // order of their names; empty at the first.
  // errors: kNotFound (an old systemd, or none), kDenied: then nothing is known
  Result<void> Read(std::vector<std::string>& changed);

 private:
  struct Unit {
    std::uint64_t id = 0;  // a hash of it
    std::uint64_t read = 0;
  };
  std::string folder_;
  std::map<std::string, Unit, std::less<>> units_;
  std::uint64_t reads_ = 0;
};

}  // namespace ecsward
