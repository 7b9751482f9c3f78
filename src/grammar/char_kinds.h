#pragma once
// Kinds of characters that grammars seldom tell apart: most tokens are made of them alone.

#include <cstdint>
#include <optional>
#include <span>

#include "grammar/utf8.h"

namespace cria::grammar {

using CharKinds = uint8_t;  // a bit each

constexpr size_t kCharKinds = 7;
constexpr CharKinds kNever = 0x80;  // a character that many grammars treat in its own way, or none

constexpr size_t kMostPlain = 16;  // characters; few tokens have more

CharKinds kind_of(char32_t c);

// Of the i-th kind, as bytes.
std::span<const ByteSequence> chars_of_kind(size_t kind);

}  // namespace cria::grammar
