#include "model/layer_results.h"

#include <algorithm>
#include <string_view>

namespace cria::model {
namespace {

// The layer that a weight belongs to, and which of its parts it is.
std::pair<std::string_view, std::string_view> split(std::string_view weight) {
  const size_t dot = weight.rfind('.');
  if (dot == std::string_view::npos) return {weight, {}};
  return {weight.substr(0, dot), weight.substr(dot + 1)};
}

}  // namespace

std::vector<std::pair<std::string, const ml::Node*>> layer_results(
    const ml::Graph& graph, const std::vector<std::string>& layers) {
  std::vector<std::pair<std::string, const ml::Node*>> results;
  for (const ml::Node& node : graph.nodes()) {
    for (const ml::Node* input : node.inputs) {
      if (!input || input->op != ml::Op::kWeight) continue;
      const auto [layer, part] = split(input->name);
      const auto known = std::ranges::find(results, layer, &decltype(results)::value_type::first);
      if (known == results.end()) {
        if (std::ranges::count(layers, layer) > 0) results.emplace_back(layer, &node);
      } else if (part == "bias" && node.inputs[0] == known->second) {
        known->second = &node;
      }
    }
  }
  return results;
}

}  // namespace cria::model
