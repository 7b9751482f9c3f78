#pragma once
// What can be wrong with a vocabulary, whoever made it.

#include "fs/gguf/problems.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

void check(const Vocabulary& vocabulary, gguf::Problems& problems);

}  // namespace cria::tokenizer
