// Headers: text that is ASCII, and cannot be taken for an encoded word, is written as it is and
// folded at its spaces; all else becomes encoded words of base64, each of whole characters, as
// RFC 2047 demands, since readers decode each word by itself. The parts are base64 always: Chinese
// would need it anyway, and neither a dot at a line's beginning, a long line nor a "From " can then
// be changed on the way.
#include "exporters/notify/channels/mime_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include "base/net.h"
#include "exporters/notify/channels/one_line.h"
#include "rules/template/unicode.h"

namespace ecsward::notify {
namespace {

constexpr std::size_t kMaxLine = 76;
constexpr std::size_t kMaxWord = 75;  // RFC 2047, 2
constexpr std::string_view kWordBegin = "=?UTF-8?B?", kWordEnd = "?=";
constexpr std::size_t kWordFrame = kWordBegin.size() + kWordEnd.size();

// One header line in the making: knows how long its last line is.
class Folder {
 public:
  explicit Folder(std::string_view name) : text_(name) { text_ += ':'; }

  // A piece that may not be broken, behind a space or, where it would not fit, a fold.
  void Piece(std::string_view piece) {
    if (piece.size() > Room()) {
      text_ += "\r\n";
      line_begin_ = text_.size();
    }
    text_ += ' ';
    text_ += piece;
  }
  // Characters that the line has left behind a space.
  std::size_t Room() const {
    const std::size_t length = text_.size() - line_begin_;
    return length + 1 < kMaxLine ? kMaxLine - length - 1 : 0;
  }
  std::string Take() && {
    text_ += "\r\n";
    return std::move(text_);
  }

 private:
  std::string text_;
  std::size_t line_begin_ = 0;
};

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void EncodeWords(std::string_view text, Folder& out) {
  while (!text.empty()) {
    // Three bytes are four digits. What the line has no room for comes on one of its own.
    std::size_t room = std::min(out.Room(), kMaxWord);
    if (room < kWordFrame + 8) room = kMaxWord;
    const std::size_t capacity = (room - kWordFrame) / 4 * 3;
    std::size_t size = 0;
    while (size < text.size()) {
      const std::size_t rune = templates::DecodeRune(text.substr(size)).size;
      if (size + rune > capacity) break;
      size += rune;
    }
    out.Piece(fmt::format("{}{}{}", kWordBegin, Base64(text.substr(0, size)), kWordEnd));
    text.remove_prefix(size);
  }
}

// Words between single spaces, the longest of which fits into a line.
bool CanBeFolded(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (end - begin > kMaxLine - 1) return false;
    begin = end + 1;
  }
  return true;
}

void AppendText(std::string_view text, Folder& out) {
  if (!IsAscii(text) || text.find("=?") != std::string_view::npos || !CanBeFolded(text)) {
    EncodeWords(text, out);
    return;
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    out.Piece(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// RFC 5322, phrase: words of these need no quotation marks.
bool IsAtomText(char c) {
  constexpr std::string_view kAlso = "!#$%&'*+-/=?^_`{|}~ ";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         kAlso.find(c) != std::string_view::npos;
}

void AppendName(std::string_view name, Folder& out) {
  if (!IsAscii(name) || name.find("=?") != std::string_view::npos || name.size() > 60) {
    EncodeWords(name, out);
    return;
  }
  if (std::all_of(name.begin(), name.end(), IsAtomText)) {
    out.Piece(name);
    return;
  }
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  out.Piece(quoted + '"');
}

std::string AddressLine(std::string_view header, const std::vector<MailAddress>& addresses) {
  Folder out(header);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const MailAddress& address = addresses[i];
    const std::string name = OneLine(address.name);
    const std::string_view comma = i + 1 < addresses.size() ? "," : "";
    if (name.empty()) {
      out.Piece(fmt::format("{}{}", address.address, comma));
    } else {
      AppendName(name, out);
      out.Piece(fmt::format("<{}>{}", address.address, comma));
    }
  }
  return std::move(out).Take();
}

std::string IdLine(std::string_view header, std::string_view id) {
  Folder out(header);
  out.Piece(fmt::format("<{}>", id));
  return std::move(out).Take();
}

// Line breaks of whatever kind become CRLF, which is what base64 of a text has (RFC 2045, 6.8), and
// bytes that are no UTF-8 become U+FFFD.
std::string Canonical(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 32);
  while (!text.empty()) {
    const templates::Rune rune = templates::DecodeRune(text);
    const bool pair = text.substr(0, 2) == "\r\n";
    text.remove_prefix(pair ? 2 : rune.size);
    if (rune.value == '\r' || rune.value == '\n') {
      out += "\r\n";
    } else {
      templates::AppendRune(rune.value, out);
    }
  }
  return out;
}

void AppendPart(std::string_view type, std::string_view text, std::string& out) {
  out += fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                     type);
  const std::string encoded = Base64(Canonical(text));
  for (std::size_t i = 0; i < encoded.size(); i += kMaxLine) {
    out.append(encoded, i, kMaxLine);
    out += "\r\n";
  }
}

bool EqualNoCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) ==
                  std::tolower(static_cast<unsigned char>(y));
         });
}

}  // namespace

std::string HeaderLine(std::string_view name, std::string_view text) {
  Folder out(name);
  AppendText(OneLine(text), out);
  return std::move(out).Take();
}

std::string ToIdText(std::string_view text) {
  std::string id(text.substr(0, 100));
  for (char& c : id) {
    const bool fine = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    if (!fine) c = '-';
  }
  return id.empty() ? "none" : id;
}

std::string MailDate(std::int64_t unix_ms) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_time<milliseconds> time{milliseconds(unix_ms)};
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  return fmt::format("{}, {} {} {} {:02}:{:02}:{:02} +0000", kDays[weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

Result<void> CheckExtraHeader(std::string_view name) {
  struct Owned {
    std::string_view name, instead;
  };
  constexpr std::array<Owned, 12> kOwned = {{{"From", "from"},
                                             {"To", "to"},
                                             {"Cc", "to"},
                                             {"Bcc", "to"},
                                             {"Date", ""},
                                             {"Message-ID", ""},
                                             {"In-Reply-To", "threads"},
                                             {"References", "threads"},
                                             {"MIME-Version", ""},
                                             {"Auto-Submitted", ""},
                                             {"Content-Type", "html and text"},
                                             {"Content-Transfer-Encoding", ""}}};
  for (const Owned& owned : kOwned) {
    if (!EqualNoCase(owned.name, name)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                owned.instead.empty()
                    ? fmt::format("the header {} is written by ecsward", owned.name)
                    : fmt::format("the header {} is what `{}` says", owned.name, owned.instead));
  }
  const bool fine =
      !name.empty() && name.size() <= 60 &&
      std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~' && c != ':'; });
  if (!fine) return Fail(ErrorCode::kInvalidArgument, "want a header's name such as \"Reply-To\"");
  return {};
}

std::string ToWireText(const MimeMessage& message) {
  std::string out = AddressLine("From", {message.from});
  out += AddressLine("To", message.to);
  out += HeaderLine("Subject", message.subject);
  out += fmt::format("Date: {}\r\n", MailDate(message.date_ms));
  out += IdLine("Message-ID", message.message_id);
  if (!message.thread_id.empty()) {
    out += IdLine("In-Reply-To", message.thread_id);
    out += IdLine("References", message.thread_id);
  }
  // Nobody's holiday is to answer it.
  out += "Auto-Submitted: auto-generated\r\n";
  for (const auto& [name, value] : message.headers) out += HeaderLine(name, value);
  out += "MIME-Version: 1.0\r\n";
  if (message.html.empty() || message.text.empty()) {
    const bool plain = message.html.empty();
    AppendPart(plain ? "text/plain" : "text/html", plain ? message.text : message.html, out);
    return out;
  }
  // "=_" cannot occur in base64 (RFC 2045, 6.7). What a reader can show best comes last.
  const std::string boundary = "=_ecsward";
  out += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n", boundary);
  out += fmt::format("--{}\r\n", boundary);
  AppendPart("text/plain", message.text, out);
  out += fmt::format("--{}\r\n", boundary);
  AppendPart("text/html", message.html, out);
  out += fmt::format("--{}--\r\n", boundary);
  return out;
}

}  // namespace ecsward::notify
