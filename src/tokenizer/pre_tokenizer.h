#pragma once
// Splits text into the words that byte-level BPE works on, in the way that the `tokenizer.ggml.pre`
// of a file names.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace cria::tokenizer {

struct Span {
  size_t begin = 0, end = 0;
};

// The next match at or after `from`; at the text's end, and empty, when there is none.
using Stage = Span (*)(std::string_view text, size_t from);

// The pre-tokenizers that split alike.
struct Family {
  std::span<const std::string_view> names;
  std::span<const Stage>
      stages;  // each splits the pieces of the one before; what lies between matches is a piece too
  bool whole_words = false;  // a word that is a token is that token, whatever the merges say
  bool adds_bos = false;     // when the file does not say
};

// Nothing when the name is unknown. An empty name is "default".
const Family* find_family(std::string_view name);

// "a, b, c"
std::string known_pre_tokenizers();

// Hands out the words from left to right. Together they are the text.
void split(std::string_view text, std::span<const Stage> stages,
           const std::function<void(std::string_view)>& take);

}  // namespace cria::tokenizer
