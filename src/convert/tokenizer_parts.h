#pragma once
// The parts of tokenizer.json that are alike for all kinds of vocabularies.

#include <string>
#include <utility>
#include <vector>

#include "convert/json_file.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// A vocabulary that is an object of texts and ids. Corrupt.
std::vector<std::pair<std::string, int64_t>> tokens_of(const Json& vocab, const std::string& file);

using Merges = std::vector<std::pair<std::string, std::string>>;  // left and right, best first
// Written "left right" or as pairs of texts. Corrupt.
Merges merges_of(const Json& merges, const std::string& file);

// Adds added_tokens. Corrupt.
void add_added_tokens(const Json& tokenizer, const std::string& file, Vocabulary& vocabulary);

// Sets from post_processor what is put around a text.
void read_template(const Json& tokenizer, Vocabulary& vocabulary);

}  // namespace cria::convert
