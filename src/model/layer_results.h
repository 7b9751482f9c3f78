#pragma once
// Where in a graph the layers of a model give their results.

#include <string>
#include <utility>
#include <vector>

#include "ml/tensor.h"

namespace cria::model {

// Of the layers with these names in bind, such as "blk.0.attn_output", what the weight and the bias
// of each make of their operand, in the order of the graph. Layers that it lacks are left out.
std::vector<std::pair<std::string, const ml::Node*>> layer_results(
    const ml::Graph& graph, const std::vector<std::string>& layers);

}  // namespace cria::model
