#pragma once
// Requests of /v1/messages.

#include <string_view>

#include "server/requests/requests.h"

namespace cria::server::anthropic {

struct Asked {
  GenerationRequest request = {};
  bool stream = false;
};

// InvalidArgument or Unsupported for whatever can not be honoured; what has no effect is a warning.
Asked read_request(std::string_view body);
// Of a request whose tokens are counted: nothing in it says how to answer.
GenerationRequest read_count_request(std::string_view body);

}  // namespace cria::server::anthropic
