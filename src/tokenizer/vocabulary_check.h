#pragma once
// What can be wrong with a vocabulary, whoever made it.

#include "base/problems.h"
#include "tokenizer/tokenizer.h"

namespace cria::tokenizer {

void check(const Vocabulary& vocabulary, Problems& problems);

}  // namespace cria::tokenizer
