#pragma once
// Weights as nodes that belong to no graph.

#include <deque>

#include "ml/tensor.h"

namespace cria::model {

using WeightNodes = std::deque<ml::Node>;  // which stay where they are when it is moved

}  // namespace cria::model
