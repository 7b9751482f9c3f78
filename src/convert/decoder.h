#pragma once
// What most decoders' configurations have in common.

#include <cstdint>
#include <optional>
#include <string>

#include "convert/conversion.h"

namespace cria::convert {

struct Decoder {
  int64_t vocab = 0, context = 0, width = 0, layers = 0;
  int64_t heads = 0, kv_heads = 0, head_dim = 0;
};

// What a class takes for fields that its config.json leaves out.
struct DecoderDefaults {
  int64_t context = 2048;
  std::optional<int64_t> kv_heads{};  // none: as many as heads
  std::optional<int64_t> head_dim{};  // none: width / heads
};

// Reads the sizes, writes them under the keys of `architecture`, and refuses what no decoder here
// does: quantised checkpoints, activations other than SwiGLU, cross attention.
Decoder write_decoder(Conversion& conversion, const std::string& architecture,
                      const DecoderDefaults& defaults);

// Embeddings, final norm and output, which may be tied to the embeddings.
void write_ends(Conversion& conversion);

// A window that every layer shares, of which tokens see only so many back: 0 when it is no shorter
// than the context, and so has no effect.
int64_t effective_window(const Decoder& decoder, int64_t window);

}  // namespace cria::convert
