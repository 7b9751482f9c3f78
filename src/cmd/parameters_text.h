#pragma once
// How answers are made, as /show parameters prints it.

#include <string>

#include "serving/generation_options.h"

namespace cria::cmd {

// "top_k    40", one line per parameter.
std::string parameters_text(const serving::GenerationOptions& options, int64_t context);

}  // namespace cria::cmd
