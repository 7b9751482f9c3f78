#include "convert/protobuf.h"

#include <cstring>

#include "base/error.h"

namespace cria::convert {

using Code = Error::Code;

std::string_view ProtobufReader::take(uint64_t bytes) {
  if (bytes > rest_.size()) {
    fail(Code::kCorrupt, file_, ": truncated: a field of ", bytes, " bytes, where only ",
         rest_.size(), " are left");
  }
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

// Seven bits a byte, the lowest first.
uint64_t ProtobufReader::varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = static_cast<unsigned char>(take(1)[0]);
    value |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
  fail(Code::kCorrupt, file_, ": a number of more than 64 bits");
}

bool ProtobufReader::next(ProtobufField& field) {
  if (rest_.empty()) return false;
  const uint64_t tag = varint();
  field = {.number = static_cast<uint32_t>(tag >> 3)};
  switch (tag & 7) {
    case 0:
      field.value = varint();
      break;
    case 1:
      std::memcpy(&field.value, take(8).data(), 8);
      break;
    case 2:
      field.bytes = take(varint());
      field.is_bytes = true;
      break;
    case 5:
      std::memcpy(&field.value, take(4).data(), 4);
      break;
    default:
      fail(Code::kCorrupt, file_, ": a field of wire type ", tag & 7, ", expected 0, 1, 2 or 5");
  }
  return true;
}

}  // namespace cria::convert
