#pragma once
// How far a result is from what was expected.

#include <span>

namespace cria::cmd {

// sum((a - b)^2) / sum(b^2) in double, for `b` expected. NaN where either holds NaN; infinite when
// only `b` is all zeros. The spans have the same size.
double nmse(std::span<const float> a, std::span<const float> b);

}  // namespace cria::cmd
