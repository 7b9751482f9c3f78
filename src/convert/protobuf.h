#pragma once
// Reads messages of Protocol Buffers field by field, never beyond their end.

#include <cstdint>
#include <string>
#include <string_view>

namespace cria::convert {

struct ProtobufField {
  uint32_t number = 0;
  uint64_t value = 0;        // of numbers, as stored: bits of 32-bit ones in the low half
  std::string_view bytes{};  // of texts and messages
  bool is_bytes = false;
};

class ProtobufReader {
 public:
  // `file` is for messages.
  ProtobufReader(std::string_view message, const std::string& file) : rest_(message), file_(file) {}

  // False at the end. Corrupt: truncated, or no field.
  bool next(ProtobufField& field);

 private:
  uint64_t varint();
  std::string_view take(uint64_t bytes);

  std::string_view rest_;
  const std::string& file_;
};

}  // namespace cria::convert
