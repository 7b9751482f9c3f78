#pragma once
// From options by name to those of a sampler.

#include "serving/generation_options.h"
#include "tokenizer/tokenizer.h"

namespace cria::serving {

// With the tokens that the texts past which DRY takes no repetition show up in. InvalidArgument: a
// bias for a token that the vocabulary does not have.
sample::Options sampling_options(const GenerationOptions& options,
                                 const tokenizer::Tokenizer& tokenizer);

}  // namespace cria::serving
