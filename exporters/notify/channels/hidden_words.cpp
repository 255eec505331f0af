#include "exporters/notify/channels/hidden_words.h"

#include <algorithm>

#include "exporters/notify/content/clean_text.h"

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

void HiddenWords::Redact(std::string& text) const {
  for (const std::string& word : words_) {
    for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos;) {
      text.replace(at, word.size(), kRedacted);
      at += kRedacted.size();
    }
  }
}

std::string HiddenWords::Clean(std::string_view text, std::size_t most_characters) const {
  // A word that the end cuts in two would be shown in part: the rest of it is looked at as well.
  const std::size_t longest = words_.empty() ? 0 : words_.front().size();
  std::string line(text.substr(0, kMostRead + longest));
  Redact(line);
  line = CleanText(line.substr(0, kMostRead), LineBreaks::kOne);
  Redact(line);  // what unseen characters kept apart
  std::string out;
  for (const char c : line) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return CutText(out, {.bytes = 0, .characters = most_characters});
}

std::string HiddenWords::Quote(std::string_view answer) const {
  const std::size_t first = answer.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || answer[first] == '<') return "";
  return ": " + Clean(answer);
}

}  // namespace ecsward::notify
