#include "serving/prompt_ids.h"

#include <utility>

#include "base/error.h"

namespace cria::serving {

std::vector<tokenizer::Id> prompt_ids(const tokenizer::Tokenizer& tokenizer,
                                      std::span<const chat::Part> parts) {
  std::vector<tokenizer::Piece> pieces;
  for (const chat::Part& part : parts) pieces.push_back({part.text, part.special});
  return with_bos(tokenizer, tokenizer.encode(pieces));
}

std::vector<tokenizer::Id> with_bos(const tokenizer::Tokenizer& tokenizer,
                                    std::vector<tokenizer::Id> ids) {
  const tokenizer::Vocabulary& vocabulary = tokenizer.vocabulary();
  const bool wanted = vocabulary.add_bos || ids.empty();
  if (vocabulary.bos >= 0 && wanted && (ids.empty() || ids.front() != vocabulary.bos)) {
    ids.insert(ids.begin(), vocabulary.bos);
  }
  if (ids.empty()) {
    fail(Error::Code::kInvalidArgument,
         "the prompt is empty, and the vocabulary has no BOS token to start from");
  }
  return ids;
}

}  // namespace cria::serving
