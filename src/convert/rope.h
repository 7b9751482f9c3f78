#pragma once
// Rotary embeddings: their base and scaling, as transformers 4 (rope_theta, rope_scaling) and 5
// (rope_parameters) describe them.

#include "convert/decoder.h"

namespace cria::convert {

enum class RopeFrequencies {
  kComputed,  // by the model, from the keys
  kInFile,    // the model also takes divisors from "rope_freqs.weight", as Llama 3.1 needs
};

// Writes rope.*; Unsupported for a scaling that the architecture lacks.
void write_rope(Conversion& conversion, const Decoder& decoder, RopeFrequencies frequencies);

// Llama 3.1's divisors of the frequencies, for each pair.
struct Llama3Scaling {
  double base, factor, low_factor, high_factor, original_context;
};
std::vector<float> llama3_divisors(const Llama3Scaling& scaling, int64_t dims);

}  // namespace cria::convert
