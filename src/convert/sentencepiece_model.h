#pragma once
// SentencePiece's vocabulary files, tokenizer.model.

#include <string>
#include <string_view>

#include "convert/vocabulary.h"

namespace cria::convert {

// Corrupt; Unsupported: other models than byte pair encoding and unigram; normalisation with the
// former, which GGUF cannot say of it.
Vocabulary read_sentencepiece(std::string_view bytes, const std::string& file, int64_t rows);

}  // namespace cria::convert
