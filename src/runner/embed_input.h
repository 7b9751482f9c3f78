#pragma once
// Texts as models read them that make embeddings or scores of them: between the tokens that the
// vocabulary begins and ends texts with.

#include <cstdint>
#include <string_view>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace cria::runner {

struct EmbedInput {
  std::vector<tokenizer::Id> tokens = {};
  std::vector<int32_t> types = {};  // of tokens, by the part that they belong to; empty: all 0
  int64_t left_out = 0;             // tokens at the end that had no room
};

// At most `most` tokens, with those at the beginning and the end. InvalidArgument: they leave no
// room for anything of the text.
EmbedInput embed_input(const tokenizer::Tokenizer& tokenizer, std::string_view text, int64_t most);

// A query and a document, for models that judge pairs: the document gives way when there is no room
// for both. The document's tokens have type 1, if there are `types` of them. InvalidArgument: the
// query leaves no room at all; Unsupported: the vocabulary has no token to part them.
EmbedInput rank_input(const tokenizer::Tokenizer& tokenizer, std::string_view query,
                      std::string_view document, int64_t types, int64_t most);

}  // namespace cria::runner
