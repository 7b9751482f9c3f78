#pragma once
// A graph as lines, one for each operation.

#include <span>
#include <string>

#include "cmd/graph_sections.h"

namespace cria::cmd {

std::string graph_text(std::span<const GraphSection> sections);

}  // namespace cria::cmd
