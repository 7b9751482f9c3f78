// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

MapConfig with_eyes(const MapConfig& config) {
  return config.with("attention.cross_attention_layers", {1})
      .with("image_token_id", 5)
      .with("vision.embedding_length", 32)
      .with("vision.feed_forward_length", 48)
      .with("vision.block_count", 2)
      .with("vision.global.block_count", 1)
      .with("vision.attention.head_count", 2)
      .with("vision.attention.layer_norm_epsilon", 1e-5)
      .with("vision.intermediate_layers_indices", {1, 2})
      .with("vision.max_num_tiles", 3)
      .with("vision.image_size", 8)
      .with("vision.patch_size", 4);
}

const TestedDecoders kTested{
    {"mllama", with_eyes(decoder("mllama"))},
    {"mllama_whose_last_layer_crosses",
     with_eyes(decoder("mllama")).with("attention.cross_attention_layers", {2})},
};

}  // namespace
}  // namespace cria::model
