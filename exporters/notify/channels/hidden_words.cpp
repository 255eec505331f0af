#include "exporters/notify/channels/hidden_words.h"

#include <algorithm>

#include "exporters/notify/content.h"

namespace ecsward::notify {
namespace {

constexpr std::string_view kRedacted = "<redacted>";
constexpr std::size_t kShortest = 4;     // shorter ones are in every other word
constexpr std::size_t kLongWord = 12;    // a longer part of a path is rather a token than a word
constexpr std::size_t kMostRead = 4096;  // of a text; what is shown is far less

bool LooksLikeToken(std::string_view part) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return part.size() >= kLongWord || std::any_of(part.begin(), part.end(), digit);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// How many bytes the character at the beginning has; 0: it is none.
// source: RFC 3629, 4
std::size_t CharacterBytes(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0), second = byte(1);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && second < 0xA0;
    const bool surrogate = lead == 0xED && second > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && second < 0x90;
    const bool too_big = lead == 0xF4 && second > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !too_big ? 4 : 0;
  }
  return 0;
}

template <class Function>
void ForEachPart(std::string_view text, std::string_view separators, Function function) {
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(separators);
    function(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

}  // namespace

void HiddenWords::Hide(std::string_view secret) {
  if (secret.size() < kShortest) return;
  for (std::string word : {std::string(secret), PercentDecode(secret)}) {
    if (std::find(words_.begin(), words_.end(), word) != words_.end()) continue;
    const auto longer = [&](const std::string& other) { return other.size() >= word.size(); };
    words_.insert(std::partition_point(words_.begin(), words_.end(), longer), std::move(word));
  }
}

void HiddenWords::HideUrl(std::string_view url) {
  Hide(url);
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  const std::size_t host_end = std::min(url.find_first_of("/?#"), url.size());
  const std::size_t at = url.substr(0, host_end).rfind('@');
  if (at != std::string_view::npos) {
    Hide(url.substr(0, at));
    ForEachPart(url.substr(0, at), ":", [this](std::string_view part) { Hide(part); });
  }
  url.remove_prefix(host_end);
  Hide(url);
  const std::size_t query = std::min(url.find('?'), url.size());
  Hide(url.substr(0, query));
  ForEachPart(url.substr(0, query), "/", [this](std::string_view part) {
    if (LooksLikeToken(part)) Hide(part);
  });
  if (query == url.size()) return;
  Hide(url.substr(query + 1));
  ForEachPart(url.substr(query + 1), "&", [this](std::string_view pair) {
    const std::size_t equals = pair.find('=');
    Hide(equals == std::string_view::npos ? pair : pair.substr(equals + 1));
  });
}

std::string HiddenWords::Clean(std::string_view text, std::size_t most_characters) const {
  // A word that the end cuts in two would be shown in part: the rest of it is looked at as well.
  const std::size_t longest = words_.empty() ? 0 : words_.front().size();
  std::string line(text.substr(0, kMostRead + longest));
  for (const std::string& word : words_) {
    for (std::size_t at = 0; (at = line.find(word, at)) != std::string::npos;) {
      line.replace(at, word.size(), kRedacted);
      at += kRedacted.size();
    }
  }
  std::string out;
  for (const char c : ValidUtf8(line.substr(0, kMostRead))) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > ' ' && byte != 0x7F) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return CutText(out, {.bytes = 0, .characters = most_characters});
}

std::string HiddenWords::Quote(std::string_view answer) const {
  const std::size_t first = answer.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || answer[first] == '<') return "";
  return ": " + Clean(answer);
}

std::string ValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = CharacterBytes(text);
    if (bytes == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    out += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace ecsward::notify
