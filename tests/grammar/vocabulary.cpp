#include "vocabulary.h"

#include "fs/gguf/gguf.h"
#include "tokenizer/tokenizer.h"

namespace cria::grammar {

Tokens tokens_of(const char* path) {
  const auto file = gguf::File::open(path);
  const auto tokenizer = tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file));
  const auto& vocabulary = tokenizer->vocabulary();
  Tokens tokens{.bytes = {}, .names = {}, .ends = vocabulary.end_of_generation};
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    const auto token = static_cast<tokenizer::Id>(id);
    tokens.bytes.push_back(tokenizer->piece(token));
    tokens.names.push_back(tokens.bytes.back().empty() ? tokenizer->piece(token, true) : "");
  }
  return tokens;
}

}  // namespace cria::grammar
