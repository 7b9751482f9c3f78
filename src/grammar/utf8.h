#pragma once
// Characters as bytes: single ones, and ranges of them as sequences of ranges of bytes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/char_set.h"

namespace cria::grammar {

struct ByteRange {
  uint8_t first, last;
};

// All texts whose i-th byte is in the i-th range.
struct ByteSequence {
  std::array<ByteRange, 4> ranges;
  size_t length;
};

// The sequences that are exactly the UTF-8 of a set's characters.
std::vector<ByteSequence> utf8_sequences(const CharSet& set);

// Takes the first character off a text; nothing, when it does not begin with one.
std::optional<char32_t> take_utf8(std::string_view& text);

}  // namespace cria::grammar
