#pragma once
// What the native API says of a stored model.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "registry/model.h"

namespace cria::server::native {

// "2026-11-26T15:04:05.123456789Z"
std::string time_text(std::filesystem::file_time_type time);

// Both read the model's file the first time.
// parent_model, format, family, families, parameter_size, quantization_level, and where the file
// says it context_length, embedding_length.
nlohmann::ordered_json details_json(const registry::Model& model);
// completion, tools, ...
nlohmann::ordered_json capabilities_json(const registry::Model& model);
// All that /api/show says; arrays and tensors only if `verbose`.
nlohmann::ordered_json show_json(const registry::Model& model, bool verbose);

}  // namespace cria::server::native
