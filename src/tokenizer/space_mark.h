#pragma once
// U+2581, which stands for a space in the vocabularies of SentencePiece and of WordPiece in GGUF.

#include <string>
#include <string_view>

namespace cria::tokenizer {

inline constexpr std::string_view kSpaceMark = "\xe2\x96\x81";

inline std::string with_spaces(std::string_view token) {
  std::string text;
  for (size_t position = 0; position < token.size();) {
    if (token.substr(position).starts_with(kSpaceMark)) {
      text += ' ';
      position += kSpaceMark.size();
    } else {
      text += token[position++];
    }
  }
  return text;
}

}  // namespace cria::tokenizer
