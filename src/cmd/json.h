#pragma once
// What the commands' JSON output shares.

#include <nlohmann/json.hpp>
#include <string>

namespace cria::cmd {

using Json = nlohmann::ordered_json;  // keys in the order in which they are written

// Indented, with a newline at the end. Bytes of files that are no UTF-8 become U+FFFD.
inline std::string json_text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cria::cmd
