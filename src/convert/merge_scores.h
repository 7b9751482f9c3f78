#pragma once
// From ranked pairs of tokens, as tokenizer.json has them, to scores of tokens, as GGUF has them of
// SentencePiece's BPE: there any two neighbours that make a token are joined, the best score first,
// the leftmost of equal ones.

#include <string>

#include "convert/tokenizer_parts.h"
#include "convert/vocabulary.h"

namespace cria::convert {

// Scores the normal tokens of a vocabulary. `whole_texts`: a text that is a token is that token,
// whatever the merges say. Corrupt: a merge of what are no tokens. Unsupported: no scores do the
// same, as far as texts made of the vocabulary's own tokens show.
void set_scores(const Merges& merges, bool whole_texts, const std::string& file,
                Vocabulary& vocabulary);

}  // namespace cria::convert
