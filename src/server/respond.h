#pragma once
// Answers of JSON.

#include <nlohmann/json.hpp>

#include "server/router.h"

namespace cria::server {

// Bytes that are no UTF-8 become U+FFFD.
inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

inline void respond(Call& call, const nlohmann::ordered_json& json, int status = 200) {
  call.responder.send({.status = status, .body = json_text(json)});
}

}  // namespace cria::server
