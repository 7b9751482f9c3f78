#pragma once
// From a prompt to the ids that a model reads.

#include <span>
#include <vector>

#include "template/message.h"
#include "tokenizer/tokenizer.h"

namespace cria::serving {

// Special tokens are recognised in special parts alone. Both start with BOS where the vocabulary
// wants it and the ids do not have it. InvalidArgument: nothing is left to start from.
std::vector<tokenizer::Id> prompt_ids(const tokenizer::Tokenizer& tokenizer,
                                      std::span<const chat::Part> parts);
std::vector<tokenizer::Id> with_bos(const tokenizer::Tokenizer& tokenizer,
                                    std::vector<tokenizer::Id> ids);

}  // namespace cria::serving
