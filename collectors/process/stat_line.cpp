#include "collectors/process/stat_line.h"

namespace ecsward {
namespace {

constexpr std::uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD

// Walks over numbers between single blanks. Once it fails it stays failed.
class Numbers {
 public:
  explicit Numbers(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  std::uint64_t Next() {
    const bool negative = Begin() && *at_ == '-';
    if (negative) ++at_;
    const char* const first = at_;
    std::uint64_t value = 0;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      value = value * 10 + static_cast<std::uint64_t>(*at_ - '0');
      ++at_;
    }
    constexpr std::ptrdiff_t kMostDigits = 20;
    if (at_ == first || at_ - first > kMostDigits) good_ = false;
    if (at_ != end_ && *at_ != ' ' && *at_ != '\n') good_ = false;  // "1a"
    return negative ? 0 : value;
  }

  void Skip(int count) {
    for (int i = 0; i < count; ++i) {
      Begin();
      for (; at_ != end_ && *at_ != ' '; ++at_) {
        if (static_cast<unsigned char>(*at_) < ' ') good_ = false;  // there is one line only
      }
    }
  }

  bool good() const { return good_; }

 private:
  bool Begin() {
    while (at_ != end_ && *at_ == ' ') ++at_;
    if (at_ == end_) good_ = false;
    return good_;
  }

  const char* at_;
  const char* end_;
  bool good_ = true;
};

}  // namespace

bool ParseStatLine(std::string_view text, StatLine& out) {
  const auto open = text.find('(');
  const auto close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open ||
      close + 3 >= text.size() || text[close + 1] != ' ' || text[close + 3] != ' ') {
    return false;
  }
  out.comm = text.substr(open + 1, close - open - 1);
  out.state = text[close + 2];
  if (out.state < 'A' || out.state > 'z') return false;
  Numbers numbers(text.substr(close + 3));  // from field 4 on
  out.parent = static_cast<std::int64_t>(numbers.Next());
  numbers.Skip(4);
  out.kernel_thread = (numbers.Next() & kKernelThread) != 0;  // 9
  numbers.Skip(4);
  out.user_ticks = numbers.Next();    // 14
  out.system_ticks = numbers.Next();  // 15
  numbers.Skip(4);
  out.threads = numbers.Next();  // 20
  numbers.Skip(1);
  out.start_ticks = numbers.Next();  // 22
  numbers.Skip(1);
  out.rss_pages = numbers.Next();  // 24
  return numbers.good();
}

}  // namespace ecsward
