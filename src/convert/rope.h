#pragma once
// Rotary embeddings: their base and scaling, as transformers 4 (rope_theta, rope_scaling) and 5
// (rope_parameters) describe them.

#include <optional>
#include <string_view>

#include "convert/decoder.h"

namespace cria::convert {

enum class RopeFrequencies {
  kComputed,  // by the model, from the keys
  kInFile,    // the model also takes divisors from "rope_freqs.weight", as Llama 3.1 needs
  kLong,      // or from "rope_factors_long.weight" and "rope_factors_short.weight", as Phi-3 needs
};

// What a class takes for fields that its config.json leaves out.
struct RopeDefaults {
  RopeFrequencies frequencies = RopeFrequencies::kComputed;
  double base = 10000;
  std::optional<double> partial_factor{};  // none: heads are always rotated as a whole
  // Classes that have another rotation for each kind of layer keep them under these names in
  // rope_parameters; rope_theta and rope_scaling are this one.
  std::string_view layers{};
  // Whether YaRN's temperature, by mscale_all_dim, is of all scores: then the file has
  // yarn_log_multiplier, and attn_factor is all that is left for what is rotated.
  bool temperature_of_scores = false;
};

// Writes rope.*; Unsupported for a scaling that the architecture lacks.
void write_rope(Conversion& conversion, const Decoder& decoder, const RopeDefaults& defaults);
inline void write_rope(Conversion& conversion, const Decoder& decoder,
                       RopeFrequencies frequencies) {
  write_rope(conversion, decoder, RopeDefaults{.frequencies = frequencies});
}

// For classes whose layers with windows may rotate otherwise: unscaled, unless "rope.scaling.swa"
// is written, and with a base of "rope.freq_base_swa".
void write_rope_of_layer_types(Conversion& conversion, const Decoder& decoder,
                               const RopeDefaults& defaults);

// Llama 3.1's divisors of the frequencies, for each pair.
struct Llama3Scaling {
  double base, factor, low_factor, high_factor, original_context;
};
std::vector<float> llama3_divisors(const Llama3Scaling& scaling, int64_t dims);

}  // namespace cria::convert
