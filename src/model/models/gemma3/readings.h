#pragma once
// Hyper-parameters that files of Gemma 3 tell in several ways, or not at all.

#include <cmath>

#include "model/hyper_parameters.h"

namespace cria::model::gemma3 {

// Files say nothing of 27B's other scale: its scores are scaled by the width that a head would
// have if all made up the whole.
inline float read_scale(const Config& c, int64_t width, const HeadOptions& heads) {
  const int64_t dim = c.dim("block_count") == 62 ? width / heads.query : heads.dim;
  return c.positive("attention.scale", 1.f / std::sqrt(static_cast<float>(dim)));
}

inline ml::RopeOptions read_whole_rope(const Config& c, const HeadOptions& heads) {
  ml::RopeOptions rope = read_rope(c, heads.dim, ml::RopePairs::kHalves);
  rope.base = c.positive("rope.freq_base", c.positive("rope.global.freq_base", 1e6f));
  // 4B, 12B and 27B are scaled, whether or not a file says it.
  const int64_t blocks = c.dim("block_count");
  const bool is_large = blocks == 34 || blocks == 48 || blocks == 62;
  const bool is_told = c.has("rope.scaling.type") || c.has("rope.scaling.factor");
  if (is_large && !is_told) rope.scale = 1 / 8.f;
  return rope;
}

// The converter that named it so wrote a cap where there is none.
inline float read_logit_cap(const Config& c) {
  const float cap = read_cap(c, "final_logit_softcapping", 0);
  return c.has("rope.global.freq_base") ? 0 : cap;
}

}  // namespace cria::model::gemma3
