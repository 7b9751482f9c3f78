#pragma once
// What a tokenizer.json of SentencePiece's kind does before its model: normalizer and pre_tokenizer
// in the terms of GGUF.

#include <string>
#include <vector>

#include "convert/json_file.h"

namespace cria::convert {

struct SpaceRules {
  std::string charsmap{};          // precompiled_charsmap; empty: none
  bool marks_spaces = false;       // U+2581 for a space
  bool adds_prefix = false;        // a space in front of a text
  bool after_specials = false;     // ... and of what follows a special token
  bool only_if_missing = false;    // ... unless there is one
  bool removes_ends = false;       // spaces at a text's ends
  bool joins_runs = false;         // more than one space between words
  bool drops_white_space = false;  // other than spaces, which the charsmap makes no spaces of
  bool splits_words = false;       // no token may reach over the start of a word
};

// Unsupported: a step that GGUF cannot say, by its name. Corrupt: a charsmap that is none.
SpaceRules read_space_rules(const Json& normalizer, const Json& pre_tokenizer,
                            const std::string& file);

}  // namespace cria::convert
