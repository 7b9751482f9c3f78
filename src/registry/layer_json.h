#pragma once
// Layers that hold JSON: parameters and messages.

#include <string>
#include <string_view>
#include <vector>

#include "modelfile/modelfile.h"
#include "modelfile/parameters.h"

namespace cria::registry {

// Unknown parameters stay, with the type that they have. Corrupt: not a JSON object, or a value of
// another type than the parameter has.
modelfile::Parameters parse_parameters(std::string_view text);
std::string parameters_json(const modelfile::Parameters& parameters);

// Corrupt: not an array of objects with "role" and "content".
std::vector<modelfile::Message> parse_messages(std::string_view text);
std::string messages_json(const std::vector<modelfile::Message>& messages);

}  // namespace cria::registry
