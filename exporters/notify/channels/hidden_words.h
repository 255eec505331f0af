// What must not stand in a text for people: secrets, and the parts of URLs that are secrets. Others
// repeat what they were sent ("Cannot POST /hooks/s3cr3t"), so their words go through here.
//
// Thread-safe after the last Hide.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ecsward::notify {

class HiddenWords {
 public:
  void Hide(std::string_view secret);
  // The URL, what is behind its host, the values of its query, and what in its path looks like a
  // token.
  void HideUrl(std::string_view url);

  // One line of at most so many characters, without hidden words and control characters.
  std::string Clean(std::string_view text, std::size_t most_characters = kMostCharacters) const;

  // The same behind a colon, `: no such robot`; nothing of a page for browsers.
  std::string Quote(std::string_view answer) const;

  static constexpr std::size_t kMostCharacters = 160;

 private:
  void Redact(std::string& text) const;

  std::vector<std::string> words_;  // the longest first
};

}  // namespace ecsward::notify
