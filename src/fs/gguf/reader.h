#pragma once
// Reads little-endian numbers and strings one after another, never beyond the end.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cria::gguf {

// What cannot be read any further, because it ends or because the size of what comes next is
// unknown. Becomes the last of the problems reported.
struct Unreadable {
  std::string what;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }

  template <class T>
  T number() {
    static_assert(std::endian::native == std::endian::little);
    T value;
    std::memcpy(&value, take(sizeof(T), "number").data(), sizeof(T));
    return value;
  }

  std::string_view string() {
    const auto length = number<uint64_t>();
    const std::span<const std::byte> text = take(length, "string");
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  }

  // A number of things of at least so many bytes each: checked to fit, and to be no more than any
  // sensible file has, before anybody makes room for them.
  size_t count(std::string_view things, size_t fewest_bytes, uint64_t most) {
    const auto n = number<uint64_t>();
    if (n > remaining() / fewest_bytes) {
      throw Unreadable{concat("announces ", n, ' ', things, " at byte ", position_, ", where only ",
                              remaining(), " bytes are left")};
    }
    if (n > most) {
      throw Unreadable{concat("announces ", n, ' ', things, ", expected at most ", most)};
    }
    return n;
  }

 private:
  std::span<const std::byte> take(uint64_t n, std::string_view what) {
    if (n > remaining()) {
      throw Unreadable{concat("truncated: a ", what, " of ", n, " bytes at byte ", position_,
                              ", where only ", remaining(), " are left")};
    }
    const std::span<const std::byte> taken = bytes_.subspan(position_, n);
    position_ += n;
    return taken;
  }

  std::span<const std::byte> bytes_;
  size_t position_ = 0;
};

}  // namespace cria::gguf
