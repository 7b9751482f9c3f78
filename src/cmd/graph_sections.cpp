#include "cmd/graph_sections.h"

#include <algorithm>

#include "base/error.h"

namespace cria::cmd {

bool is_leaf(const ml::Node& node) {
  return node.op == ml::Op::kWeight || node.op == ml::Op::kInput || node.op == ml::Op::kState;
}

std::vector<GraphSection> sections_of(const ml::Graph& graph) {
  std::vector<GraphSection> sections(1);
  for (const ml::Node& node : graph.nodes()) {
    GraphSection& section = sections.back();
    section.nodes.push_back(&node);
    if (node.name.empty() || is_leaf(node)) continue;
    section.to = node.name;
    sections.push_back({.from = node.name, .to = {}, .nodes = {}});
  }
  if (sections.back().nodes.empty()) sections.pop_back();
  return sections;
}

GraphSection block_of(std::span<const GraphSection> sections, int64_t block) {
  const auto is_block = [](const GraphSection& section) {
    return section.from.starts_with("hidden.") && section.to.starts_with("hidden.");
  };
  const auto found = std::ranges::find_if(sections, [&](const GraphSection& section) {
    return is_block(section) && section.from == concat("hidden.", block);
  });
  if (found == sections.end()) {
    fail(Error::Code::kInvalidArgument, "--layer: no block ", block, ", expected 0 to ",
         std::ranges::count_if(sections, is_block) - 1);
  }
  return *found;
}

std::string title(const GraphSection& section) {
  const std::string from = section.from.empty() ? "" : concat("from ", section.from);
  const std::string to = section.to.empty() ? "" : concat("to ", section.to);
  return concat(from, from.empty() || to.empty() ? "" : " ", to);
}

}  // namespace cria::cmd
