// How the module is loaded: base/net.h says what it does.
#pragma once

#include "base/net.h"

namespace ecsward {

inline constexpr char kNetModule[] = "libecsward-net.so";
inline constexpr char kNetSymbol[] = "EcswardNetwork1";
using NetworkFactory = Network* (*)();  // lives as long as the process; null: libcurl cannot start

}  // namespace ecsward
