#pragma once
// Requests of /v1/completions.

#include "server/openai/chat_request.h"

namespace cria::server::openai {

struct AskedCompletion : Asked {
  std::vector<std::string> echoes = {};  // of each prompt, before its answers; none: nothing
};

AskedCompletion read_completion(std::string_view body);

// One text, several, one list of ids, or several. InvalidArgument; also when there is nothing.
std::vector<Prompt> read_prompts(const Fields& fields, std::string_view name);

}  // namespace cria::server::openai
