#pragma once
// WordPiece vocabularies on their way into a file: GGUF marks the starts of words, where BERT's own
// files mark all other pieces.

#include <string>

#include "convert/config.h"
#include "convert/folder.h"
#include "convert/vocabulary.h"

namespace cria::convert {

inline constexpr std::string_view kSubwordPrefix = "##";

// What fields are called that say how words are normalised: tokenizer.json and
// tokenizer_config.json differ.
struct WordPieceFields {
  std::string_view lowercase, ideographs;
};
// Sets the options. Unsupported: what GGUF cannot say.
void set_wordpiece(const Config& options, const WordPieceFields& fields, Vocabulary& vocabulary);

// Adds a token of BERT's files, unless it is there as a special one.
void add_wordpiece(int64_t id, const std::string& text, Vocabulary& vocabulary);

// From vocab.txt, a token per line.
Vocabulary read_vocab_txt(const Folder& folder, const Config& tokenizer, int64_t rows);

}  // namespace cria::convert
