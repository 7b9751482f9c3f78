#pragma once
// Byte pair encoding and WordPiece as tokenizer.json describes them.

#include <string>

#include "convert/json_file.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// Whether tokenizer.json has a vocabulary of bytes, and not one of SentencePiece's.
bool is_byte_level_bpe(const Json& tokenizer);

// `pre` names the pre-tokenizer when it is not empty, instead of recognising it. Unsupported: other
// models than byte-level BPE and WordPiece, by name; what GGUF cannot express.
Vocabulary read_tokenizer_json(const Json& tokenizer, const std::string& file, int64_t rows,
                               const std::string& pre);

}  // namespace cria::convert
