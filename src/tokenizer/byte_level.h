#pragma once
// The alphabet of byte-level BPE vocabularies (GPT-2): every byte is written as a printable
// character.

#include <optional>
#include <string>
#include <string_view>

namespace cria::tokenizer {

// A space becomes U+0120, which shows as a G with a dot; printable ASCII stays.
std::string to_byte_alphabet(std::string_view bytes);

// The inverse; nothing when a character is not in the alphabet.
std::optional<std::string> from_byte_alphabet(std::string_view text);

}  // namespace cria::tokenizer
