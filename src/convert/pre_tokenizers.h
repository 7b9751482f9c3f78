#pragma once
// Recognises by its structure how a tokenizer.json splits text into words, and names it as GGUF
// does.

#include <string>

#include "convert/json_file.h"

namespace cria::convert {

struct PreTokenizer {
  std::string name;
  bool whole_words =
      false;  // with it, a word that is a token is that token, whatever the merges say
};

// `pre_tokenizer` of a byte-level tokenizer, preferably one with these `whole_words`
// (ignore_merges). Unsupported, with advice, when it is none that is known.
PreTokenizer recognise_pre_tokenizer(const Json& pre_tokenizer, bool whole_words,
                                     const std::string& file);

// Whether it works on bytes at all.
bool is_byte_level(const Json& pre_tokenizer);

}  // namespace cria::convert
