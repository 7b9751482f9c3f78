#pragma once
// A graph in parts, each of which ends with a named result: "hidden.0", "hidden.1", ...

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ml/tensor.h"

namespace cria::cmd {

struct GraphSection {
  std::string from, to;  // the results between which its nodes are; empty: the graph begins, ends
  std::vector<const ml::Node*> nodes;  // in the order of the graph, with `to`
};

std::vector<GraphSection> sections_of(const ml::Graph& graph);

// The one from hidden.N to hidden.N+1: InvalidArgument.
GraphSection block_of(std::span<const GraphSection> sections, int64_t block);

// "from hidden.0 to hidden.1"
std::string title(const GraphSection& section);

bool is_leaf(const ml::Node& node);

}  // namespace cria::cmd
