#pragma once
// What most decoders' configurations have in common.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "convert/conversion.h"

namespace cria::convert {

struct Decoder {
  int64_t vocab = 0, context = 0, width = 0, layers = 0;
  int64_t heads = 0, kv_heads = 0, head_dim = 0;
};

// The field of the norms' epsilon, what it is when absent, and its key in the file.
struct Epsilon {
  std::string_view field = "rms_norm_eps";
  double fallback = 1e-6;
  const char* key = "attention.layer_norm_rms_epsilon";
};
constexpr Epsilon layer_norm_epsilon(std::string_view field) {
  return {field, 1e-5, "attention.layer_norm_epsilon"};
}

// The field of the activation between the layers of a perceptron, and what the model takes it to
// be. With `any` the model can run the others, too.
struct ActivationField {
  std::string_view field = "hidden_act";
  std::string_view fallback = "silu";
  bool any = false;
};

// What a class takes for fields that its config.json leaves out. Sizes without a default have to be
// there.
struct DecoderDefaults {
  int64_t context = 2048;
  std::optional<int64_t> kv_heads{};  // none: as many as heads
  std::optional<int64_t> head_dim{};  // none: width / heads
  Epsilon epsilon{};
  ActivationField activation{};
  int64_t more_tokens = 0;  // ids beyond vocab_size, which can be read and not said
  std::optional<int64_t> vocab{}, width{}, hidden{}, layers{}, heads{};
};

// Reads the sizes, writes them under the keys of `architecture`, and refuses what no decoder here
// does: quantised checkpoints, unknown activations, cross attention.
Decoder write_decoder(Conversion& conversion, const std::string& architecture,
                      const DecoderDefaults& defaults);

// What write_decoder does for classes that name their sizes otherwise: marks fields that say how a
// model was trained or stored, and refuses what no decoder here does.
void read_common_fields(Conversion& conversion);
// Writes "hidden_activation" when it is not the model's own.
void write_activation(Conversion& conversion, const ActivationField& activation);

// Embeddings, final norm and output, which may be tied to the embeddings.
struct Ends {
  bool tied = false;  // unless tie_word_embeddings says otherwise
  bool bias = false;  // of the norm
  Change norm{};
  std::string from = "model.";  // the embeddings' and the norm's prefix
};
void write_ends(Conversion& conversion, const Ends& ends = {});

// A window that every layer shares, of which tokens see only so many back: 0 when it is no shorter
// than the context, and so has no effect.
int64_t effective_window(const Decoder& decoder, int64_t window);

}  // namespace cria::convert
