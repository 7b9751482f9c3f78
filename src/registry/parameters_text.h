#pragma once
// A model's parameters as `show` tells them.

#include <string>

#include "registry/model.h"

namespace cria::registry {

// A line for each value, names filled up to 30 columns as in Ollama, texts in quotes.
std::string parameters_text(const Model& model);

}  // namespace cria::registry
