#include "runner/control_tokens.h"

#include <string>
#include <vector>

namespace cria::runner {

bool is_control(const tokenizer::Tokenizer& tokenizer, size_t id) {
  return tokenizer.vocabulary().types[id] == tokenizer::TokenType::kControl;
}

grammar::ControlTokens control_tokens(const tokenizer::Tokenizer& tokenizer) {
  std::vector<std::string> texts;
  for (size_t id = 0; id < tokenizer.vocabulary().tokens.size(); ++id) {
    if (!is_control(tokenizer, id)) continue;
    texts.push_back(tokenizer.piece(static_cast<tokenizer::Id>(id), true));
  }
  return grammar::ControlTokens(std::move(texts));
}

}  // namespace cria::runner
