#pragma once
// Options of an operation on one line.

#include <string>

#include "ml/tensor.h"

namespace cria::cmd {

// "eps 1e-05"; "" when it has none. What has no effect is left out.
std::string options_text(const ml::Node& node);

}  // namespace cria::cmd
