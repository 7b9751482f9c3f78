#pragma once
// What the native API says of a stored model.

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "registry/model.h"

namespace cria::server::native {

// "2026-11-26T15:04:05.123456789Z"
std::string time_text(std::filesystem::file_time_type time);

// parent_model, format, family, families, parameter_size, quantization_level.
nlohmann::ordered_json details_json(const registry::Model& model);
// completion, tools, ...; remembered by the model's digest, as they take reading its file.
nlohmann::ordered_json capabilities_json(const registry::Model& model);
// All that /api/show says; arrays and tensors only if `verbose`.
nlohmann::ordered_json show_json(const registry::Model& model, bool verbose);

}  // namespace cria::server::native
