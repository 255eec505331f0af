// A history as bytes: for the file that lets a restart go on where the last run ended, and for the
// control socket.
//
//   8 bytes  "ecswhist"
//   u32      version: another one is refused, never guessed at
//   u32      bytes of a block, since blocks are stored as they are in memory
//   u64      length of what follows the header
//   u32      CRC-32 of all that follows
//   u32      how many series
//
// and for each series its labels (u32 count; each u32 + u32 lengths, name, value), its retention
// (i64, ms), and its blocks (u32 count; each first time, first value, u16 samples, u16 bits, u16
// width, u8 unit, u8 steps, and the bytes that hold the bits). Little endian.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "metrics/history.h"

namespace ecsward {

// Replaces `out` and uses its memory again: copying, and nothing else, so that a thread that is in
// a hurry can do it. SealCheckpoint must follow, by whatever thread.
void CopyCheckpoint(const History& history, std::string& out);
void CopyCheckpoint(const History& history, std::span<const History::Id> ids, std::string& out);
// Puts in length and checksum.
void SealCheckpoint(std::string& bytes);

// Both in one.
std::string Serialize(const History& history);
std::string Serialize(const History& history, std::span<const History::Id> ids);

// Adds the series to `into`. Of a series that is there already it adds what is newer.
// errors: kParse when the bytes are cut short, changed or of another version; `into` is untouched
Result<void> LoadCheckpoint(std::string_view bytes, History& into);

}  // namespace ecsward
