// Bodies are read event by event and not into a tree: so one that breaks off in the middle still
// tells what stood before, however deep it is nested and whatever else it holds costs nothing.
#include <cctype>
#include <nlohmann/json.hpp>

#include "cloud/api_error.h"

namespace ecsward::cloud {
namespace {

// The four fields, from the top level of a JSON text; `AccessDeniedDetail` is looked into.
class BodyReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit BodyReader(ApiBody& body) : body_(body) {}
  bool is_object() const { return is_object_; }

  bool key(string_t& name) override {
    if (depth_ == 1) in_detail_ = Is(name, "AccessDeniedDetail");
    target_ = nullptr;
    if (depth_ == 1 && Is(name, "Code")) target_ = &body_.code;
    if (depth_ == 1 && Is(name, "Message")) target_ = &body_.message;
    if (depth_ == 1 && Is(name, "RequestId")) target_ = &body_.request_id;
    if (depth_ == 2 && in_detail_ && Is(name, "AuthAction")) target_ = &body_.denied_action;
    return true;
  }
  bool string(string_t& text) override { return Take(text); }
  bool number_integer(number_integer_t number) override { return Take(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override { return Take(std::to_string(number)); }
  bool number_float(number_float_t, const string_t& text) override { return Take(text); }
  bool boolean(bool) override { return Skip(); }
  bool null() override { return Skip(); }
  bool binary(binary_t&) override { return Skip(); }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    return Open();
  }
  bool start_array(std::size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
    return false;
  }

 private:
  // `name` is `wanted`, with its first letter in either case.
  static bool Is(std::string_view name, std::string_view wanted) {
    if (name.size() != wanted.size() || name.empty()) return false;
    return std::toupper(static_cast<unsigned char>(name.front())) == wanted.front() &&
           name.substr(1) == wanted.substr(1);
  }
  bool Take(std::string_view text) {
    if (target_ != nullptr) *target_ = text;
    return Skip();
  }
  bool Skip() {
    target_ = nullptr;
    return true;
  }
  bool Open() {
    ++depth_;
    return Skip();
  }
  bool Close() {
    --depth_;
    return Skip();
  }

  ApiBody& body_;
  std::string* target_ = nullptr;  // where the next value goes
  std::size_t depth_ = 0;
  bool is_object_ = false;
  bool in_detail_ = false;
};

// &lt; &gt; &amp; &quot; &apos;; others stay as they are.
std::string DecodeEntities(std::string_view text) {
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string plain;
  while (!text.empty()) {
    std::size_t taken = 1;
    char c = text.front();
    for (const auto& [entity, meaning] : kEntities) {
      if (c == '&' && text.starts_with(entity)) {
        taken = entity.size();
        c = meaning;
        break;
      }
    }
    plain += c;
    text.remove_prefix(taken);
  }
  return plain;
}

// The text between <name> and </name>, "" when it is not there whole.
std::string Element(std::string_view xml, const std::string& name) {
  const std::string open = '<' + name + '>';
  const auto start = xml.find(open);
  if (start == std::string_view::npos) return {};
  const auto end = xml.find("</" + name + '>', start);
  if (end == std::string_view::npos) return {};
  return DecodeEntities(xml.substr(start + open.size(), end - start - open.size()));
}

}  // namespace

ApiBody ParseApiBody(std::string_view body) {
  ApiBody parsed;
  const auto first = body.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && body[first] == '<') {
    const auto error = body.find("<Error>");
    if (error == std::string_view::npos) return parsed;  // HTML
    const std::string_view xml = body.substr(error);
    parsed.code = Element(xml, "Code");
    parsed.message = Element(xml, "Message");
    parsed.request_id = Element(xml, "RequestId");
    return parsed;
  }
  BodyReader reader(parsed);
  parsed.whole = nlohmann::json::sax_parse(body, &reader) && reader.is_object();
  return parsed;
}

}  // namespace ecsward::cloud
