#include "registry/parameters_text.h"

#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

namespace cria::registry {
namespace {

constexpr size_t kNames = 30;

std::string quoted(const std::string& text) {
  using Json = nlohmann::json;
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string parameters_text(const Model& model) {
  std::string text;
  for (const auto& [name, value] : model.parameters()) {
    const bool is_text = std::holds_alternative<std::vector<std::string>>(value);
    for (const auto& [key, line] : modelfile::parameter_lines({{name, value}})) {
      if (!text.empty()) text += '\n';
      text += key + std::string(key.size() < kNames ? kNames - key.size() : 0, ' ') + ' ';
      text += is_text ? quoted(line) : line;
    }
  }
  return text;
}

}  // namespace cria::registry
