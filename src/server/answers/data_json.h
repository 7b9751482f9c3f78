#pragma once
// Between a template's values and JSON.

#include <nlohmann/json_fwd.hpp>

#include "template/data.h"

namespace cria::server {

nlohmann::ordered_json to_json(const chat::Data& data);
chat::Data to_data(const nlohmann::ordered_json& json);
chat::Data to_data(const nlohmann::json& json);

}  // namespace cria::server
