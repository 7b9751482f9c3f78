#pragma once
// The angles by which rotary position embedding turns each pair of dimensions.

#include <span>
#include <vector>

#include "ml/tensor.h"

namespace cria::ml {

// Of each pair, in radians per position: [dims/2]. `divisors` [dims/2] may be empty.
std::vector<double> rope_frequencies(const RopeOptions& options, std::span<const float> divisors);

}  // namespace cria::ml
