#include "collectors/systemd/bus_wire.h"

#include <bit>
#include <cstring>

namespace ecsward {
namespace {

// Both ends are on this host: its byte order is the only one there is.
constexpr char kByteOrder = std::endian::native == std::endian::little ? 'l' : 'B';
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kNoAutoStart = 2;
// The specification's limit for an array; also keeps sums of lengths far from overflowing.
constexpr std::uint32_t kMaxArray = 64U << 20U;

// The header's fields.
enum : std::uint8_t {
  kPath = 1,
  kInterface = 2,
  kMember = 3,
  kErrorName = 4,
  kReplySerial = 5,
  kDestination = 6,
  kSender = 7,
  kSignature = 8,
};

void Pad(std::string& out, std::size_t start, std::size_t to) {
  while ((out.size() - start) % to != 0) out += '\0';
}

void AppendNumber(std::string& out, std::uint32_t number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void AppendString(std::string& out, std::size_t start, std::string_view text) {
  Pad(out, start, 4);
  AppendNumber(out, static_cast<std::uint32_t>(text.size()));
  out.append(text) += '\0';
}

void AppendSignature(std::string& out, std::string_view text) {
  out += static_cast<char>(text.size());
  out.append(text) += '\0';
}

void AppendField(std::string& out, std::size_t start, std::uint8_t field, char type,
                 std::string_view text) {
  Pad(out, start, 8);
  out += static_cast<char>(field);
  AppendSignature(out, {&type, 1});
  if (type == 'g') {
    AppendSignature(out, text);
  } else {
    AppendString(out, start, text);
  }
}

void PutNumber(std::string& out, std::size_t at, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  std::memcpy(out.data() + at, &value, sizeof value);
}

template <class T>
bool NumberValue(BusReader& reader, BusValue& out) {
  T number{};
  if (!reader.Number(number)) return false;
  if constexpr (std::is_same_v<T, double>) {
    out = number;
  } else if constexpr (std::is_signed_v<T>) {
    out = std::int64_t{number};
  } else {
    out = std::uint64_t{number};
  }
  return true;
}

// A value of one basic type. False for any other type, and where the bytes do not fit.
bool ReadValue(BusReader& reader, char type, BusValue& out) {
  std::string_view text;
  std::uint8_t byte = 0;
  std::uint32_t boolean = 0;
  switch (type) {
    case 'y':
      if (!reader.Byte(byte)) return false;
      out = std::uint64_t{byte};
      return true;
    case 'b':
      if (!reader.Number(boolean) || boolean > 1) return false;
      out = std::int64_t{boolean};
      return true;
    case 'n':
      return NumberValue<std::int16_t>(reader, out);
    case 'q':
      return NumberValue<std::uint16_t>(reader, out);
    case 'i':
      return NumberValue<std::int32_t>(reader, out);
    case 'u':
      return NumberValue<std::uint32_t>(reader, out);
    case 'x':
      return NumberValue<std::int64_t>(reader, out);
    case 't':
      return NumberValue<std::uint64_t>(reader, out);
    case 'd':
      return NumberValue<double>(reader, out);
    case 's':
    case 'o':
      if (!reader.String(text)) return false;
      out = std::string(text);
      return true;
    case 'g':
      if (!reader.Signature(text)) return false;
      out = std::string(text);
      return true;
    default:
      return false;
  }
}

}  // namespace

void AppendBusCall(const BusCall& call, std::uint32_t serial, std::string& out) {
  const std::size_t start = out.size();
  out += kByteOrder;
  out += static_cast<char>(BusMessage::Type::kCall);
  out += static_cast<char>(kNoAutoStart);
  out += static_cast<char>(kVersion);
  AppendNumber(out, 0);  // the body's length, filled in below
  AppendNumber(out, serial);
  AppendNumber(out, 0);  // the fields' length
  AppendField(out, start, kPath, 'o', call.path);
  AppendField(out, start, kInterface, 's', call.interface);
  AppendField(out, start, kMember, 's', call.member);
  AppendField(out, start, kDestination, 's', call.destination);
  if (call.as_array) {
    AppendField(out, start, kSignature, 'g', "as");
  } else if (!call.strings.empty()) {
    AppendField(out, start, kSignature, 'g', std::string(call.strings.size(), 's'));
  }
  PutNumber(out, start + 12, out.size() - start - kBusFixedBytes);
  Pad(out, start, 8);
  const std::size_t body = out.size();
  if (call.as_array) AppendNumber(out, 0);
  for (const std::string_view text : call.strings) AppendString(out, body, text);
  if (call.as_array) PutNumber(out, body, out.size() - body - 4);
  PutNumber(out, start + 4, out.size() - body);
}

bool BusReader::Take(std::size_t size, std::string_view& out) {
  if (!good_ || size > bytes_.size() - at_) {
    good_ = false;
    return false;
  }
  out = bytes_.substr(at_, size);
  at_ += size;
  return true;
}

bool BusReader::Align(std::size_t to) {
  std::string_view padding;
  return Take((to - at_ % to) % to, padding);
}

bool BusReader::Byte(std::uint8_t& out) {
  std::string_view byte;
  if (!Take(1, byte)) return false;
  out = static_cast<std::uint8_t>(byte[0]);
  return true;
}

template <class T>
bool BusReader::Number(T& out) {
  std::string_view bytes;
  if (!Align(sizeof(T)) || !Take(sizeof(T), bytes)) return false;
  std::memcpy(&out, bytes.data(), sizeof(T));
  return true;
}

bool BusReader::String(std::string_view& out) {
  std::uint32_t size = 0;
  std::string_view zero;
  return Number(size) && Take(size, out) && Take(1, zero) && zero[0] == '\0';
}

bool BusReader::Signature(std::string_view& out) {
  std::uint8_t size = 0;
  std::string_view zero;
  return Byte(size) && Take(size, out) && Take(1, zero) && zero[0] == '\0';
}

bool BusReader::Array(std::size_t alignment, std::size_t& end) {
  std::uint32_t size = 0;
  if (!Number(size) || !Align(alignment)) return false;
  if (size > kMaxArray || size > bytes_.size() - at_) {
    good_ = false;
    return false;
  }
  end = at_ + size;
  return true;
}

Result<std::size_t> BusMessageSize(std::string_view fixed) {
  BusReader reader(fixed);
  std::uint8_t order = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint8_t version = 0;
  std::uint32_t body = 0;
  std::uint32_t serial = 0;
  std::uint32_t fields = 0;
  if (!reader.Byte(order) || !reader.Byte(type) || !reader.Byte(flags) || !reader.Byte(version) ||
      !reader.Number(body) || !reader.Number(serial) || !reader.Number(fields) ||
      order != static_cast<std::uint8_t>(kByteOrder) || version != kVersion) {
    return Fail(ErrorCode::kParse, "want a D-Bus header");
  }
  if (body > kMaxBusMessage || fields > kMaxBusMessage) {
    return Fail(ErrorCode::kParse, "a D-Bus message longer than 16 MiB");
  }
  const std::size_t size = ((kBusFixedBytes + fields + 7) & ~std::size_t{7}) + std::size_t{body};
  if (size > kMaxBusMessage) {
    return Fail(ErrorCode::kParse, "a D-Bus message longer than 16 MiB");
  }
  return size;
}

Result<BusMessage> ParseBusMessage(std::string_view bytes) {
  const auto size = BusMessageSize(bytes.substr(0, kBusFixedBytes));
  if (!size) return size.error();
  if (*size != bytes.size()) return Fail(ErrorCode::kParse, "a D-Bus message of another length");
  BusMessage message;
  message.type = static_cast<BusMessage::Type>(bytes[1]);
  std::uint32_t body = 0;
  std::memcpy(&body, bytes.data() + 4, sizeof body);
  message.body = bytes.substr(bytes.size() - body);

  BusReader reader(bytes.substr(0, bytes.size() - body));
  std::uint64_t skipped = 0;
  std::uint32_t skipped_too = 0;
  std::size_t end = 0;
  bool good = reader.Number(skipped) && reader.Number(skipped_too) && reader.Array(8, end);
  while (good && reader.at() < end) {
    std::uint8_t field = 0;
    std::string_view type;
    good = reader.Align(8) && reader.Byte(field) && reader.Signature(type) && type.size() == 1;
    if (!good) break;
    if (field == kReplySerial) {
      good = type == "u" && reader.Number(message.reply_to);
    } else if (field == kSignature) {
      good = type == "g" && reader.Signature(message.signature);
    } else if (field == kErrorName) {
      good = type == "s" && reader.String(message.error_name);
    } else {
      BusValue other;
      good = ReadValue(reader, type[0], other);
    }
  }
  if (!good) return Fail(ErrorCode::kParse, "a D-Bus header with fields that cannot be true");
  return message;
}

Result<BusValue> ParseBusVariant(std::string_view body) {
  BusReader reader(body);
  std::string_view type;
  BusValue value;
  if (!reader.Signature(type) || type.size() != 1 || !ReadValue(reader, type[0], value)) {
    return Fail(ErrorCode::kParse, "want one value of a basic type");
  }
  return value;
}

Result<void> ParseBusUnits(std::string_view body, std::vector<BusUnit>& out) {
  out.clear();
  BusReader reader(body);
  std::size_t end = 0;
  bool good = reader.Array(8, end);
  while (good && reader.at() < end) {
    BusUnit unit;
    std::string_view text;
    std::uint32_t job = 0;
    // name, description, load, active, sub, followed unit, path, job's number, its type and path
    good = reader.Align(8) && reader.String(unit.name) && reader.String(text) &&
           reader.String(unit.load_state) && reader.String(unit.active_state) &&
           reader.String(unit.sub_state) && reader.String(text) && reader.String(text) &&
           reader.Number(job) && reader.String(text) && reader.String(text);
    if (good) out.push_back(unit);
  }
  if (good) return {};
  return Fail(ErrorCode::kParse, "unit " + std::to_string(out.size() + 1) + ": cut off");
}

}  // namespace ecsward
