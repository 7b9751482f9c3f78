#pragma once
// A graph in Graphviz's language: a cluster for each section, weights as boxes.

#include <span>
#include <string>

#include "cmd/graph_sections.h"

namespace cria::cmd {

std::string graph_dot(std::span<const GraphSection> sections);

}  // namespace cria::cmd
