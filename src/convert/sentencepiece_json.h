#pragma once
// SentencePiece's vocabularies as tokenizer.json describes them.

#include <string>

#include "convert/config.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// Options of BPE models that nothing in GGUF stands for. Unsupported.
void refuse_merge_options(const Config& model);

Vocabulary read_unigram(const Json& tokenizer, const std::string& file, int64_t rows);

// Byte pair encoding of characters with tokens for bytes (Llama 2, Mistral, Gemma). GGUF has scores
// where tokenizer.json has merges. Unsupported when no scores do the same as the merges.
Vocabulary read_sentencepiece_bpe(const Json& tokenizer, const std::string& file, int64_t rows);

}  // namespace cria::convert
