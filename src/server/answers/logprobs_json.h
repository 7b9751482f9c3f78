#pragma once
// Logprobs of tokens as OpenAI has them, and the native API since.

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "server/answers/events.h"

namespace cria::server {

// A list of {token, logprob, bytes, top_logprobs}.
nlohmann::ordered_json to_json(const std::vector<TokenLogprob>& tokens);

}  // namespace cria::server
