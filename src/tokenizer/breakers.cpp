#include "tokenizer/breakers.h"

#include "base/error.h"

namespace cria::tokenizer {

std::vector<std::vector<Id>> tokens_that_show(const Tokenizer& tokenizer, std::string_view text) {
  if (text.empty()) fail(Error::Code::kInvalidArgument, "a sequence breaker is empty");
  std::vector<std::vector<Id>> sequences;
  const size_t count = tokenizer.vocabulary().tokens.size();
  for (size_t id = 0; id < count; ++id) {
    const std::string piece = tokenizer.piece(static_cast<Id>(id));
    if (piece.find(text) != std::string::npos) sequences.push_back({static_cast<Id>(id)});
  }
  const std::vector<Id> whole = tokenizer.encode(text);
  if (whole.size() > 1) sequences.push_back(whole);
  return sequences;
}

}  // namespace cria::tokenizer
