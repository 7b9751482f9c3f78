#include "serving/sampling.h"

#include "base/error.h"
#include "tokenizer/breakers.h"

namespace cria::serving {

sample::Options sampling_options(const GenerationOptions& options,
                                 const tokenizer::Tokenizer& tokenizer) {
  sample::Options sampling = options.sampling;
  const auto tokens = static_cast<int64_t>(tokenizer.vocabulary().tokens.size());
  for (const sample::Bias& bias : sampling.logit_bias) {
    if (bias.token < tokens) continue;
    fail(Error::Code::kInvalidArgument, "option logit_bias is for token ", bias.token,
         ", expected a token below ", tokens);
  }
  if (sampling.dry_multiplier <= 0) return sampling;
  for (const std::string& breaker : options.dry_sequence_breakers) {
    for (auto& sequence : tokenizer::tokens_that_show(tokenizer, breaker)) {
      sampling.dry_breakers.push_back(std::move(sequence));
    }
  }
  return sampling;
}

}  // namespace cria::serving
