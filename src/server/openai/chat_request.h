#pragma once
// Requests of /v1/chat/completions and /v1/completions.

#include <string_view>

#include "server/fields.h"
#include "server/requests/requests.h"

namespace cria::server::openai {

struct Asked {
  GenerationRequest request = {};
  bool stream = false;
  bool usage = false;  // at the end of a stream, too
};

// InvalidArgument or Unsupported for whatever can not be honoured; what has no effect is a warning.
Asked read_chat(std::string_view body);

// stream, and stream_options.
void read_stream(const Fields& fields, Asked& asked);

}  // namespace cria::server::openai
