#pragma once
// Vocabularies as tokenizer.json describes them.

#include <string>

#include "convert/json_file.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// Whether tokenizer.json is what the model was trained with: of SentencePiece's BPE it is only a
// rewriting, and tokenizer.model beside it is better.
bool has_own_vocabulary(const Json& tokenizer);

// `pre` names the pre-tokenizer of byte-level BPE when it is not empty, instead of recognising it.
// Unsupported: other models than BPE, Unigram and WordPiece, by name; what GGUF cannot express.
Vocabulary read_tokenizer_json(const Json& tokenizer, const std::string& file, int64_t rows,
                               const std::string& pre);

}  // namespace cria::convert
