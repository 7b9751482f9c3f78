#pragma once
// The encoder of pictures of Llama 3.2 Vision: a transformer over the patches of all tiles, then a
// second one, whose result goes to the text's layers together with what left some of the first's.
// Reference: transformers/models/mllama/modeling_mllama.py; gates are stored as what is multiplied
// with.

#include <vector>

#include "model/config.h"
#include "model/vision.h"
#include "nn/embedding.h"
#include "nn/linear.h"
#include "nn/normalization.h"

namespace cria::model::mllama {

struct EyeOptions {
  int64_t token, width, hidden, heads, tiles, size, patch, shapes;
  int64_t patches;  // of a tile, and its class token
  int64_t padding;  // rows that fill a tile's up to a multiple of 8
  float eps;
  ml::Activation activation;
  PixelOptions pixels;

  explicit EyeOptions(const Config& c);
};

struct EyeBlock {
  nn::LayerNorm attention_norm, mlp_norm;
  nn::Linear query, key, value, output, up, down;
  ml::Tensor attention_gate, mlp_gate;  // [1], of the second transformer

  void bind(nn::Weights& w, const EyeOptions& o);
  ml::Tensor forward(ml::Tensor x, kvcache::Layer& history, const EyeOptions& o) const;
};

// Embeddings of a tile's place, by the shape in which the tiles lie.
struct TileEmbedding {
  nn::Embedding embedding;  // [shapes + 1, tiles * rows of a tile * width]
  ml::Tensor gate;          // [1]

  void bind(nn::Weights& w, const ml::Shape& shape);
  ml::Tensor of(ml::Tensor shape, const EyeOptions& o) const;  // [tiles, rows of a tile, width]
};

class Eyes {
 public:
  explicit Eyes(const Config& c);

  void bind(nn::Weights& w, const EyeOptions& o);
  // [tiles * patches, width_out], the tiles in order.
  ml::Tensor forward(PictureInputs& picture) const;

  const EyeOptions& options() const { return options_; }
  int64_t width_out() const { return options_.width * (1 + static_cast<int64_t>(taken_.size())); }
  VisionSpec spec() const;
  int64_t seen(int64_t tiles) const { return tiles * options_.patches; }
  std::vector<int32_t> last_rows(int64_t tiles) const;

 private:
  ml::Tensor embed(const PictureInputs& picture) const;
  // Between [tiles, patches + padding, width] and rows in the order of the attention: patches of
  // tiles that are used, then all else.
  ml::Tensor ordered(ml::Tensor x, int64_t used) const;
  ml::Tensor patches_of(ml::Tensor x, int64_t used) const;  // [tiles * patches, width]

  EyeOptions options_;
  std::vector<int64_t> taken_;  // before which blocks what enters is taken; their number: the end
  nn::Linear patch_embedding_;
  ml::Tensor position_embedding_;  // [patches, width], and in the first place the class token
  TileEmbedding before_, positions_, after_;
  nn::LayerNorm norm_before_, norm_after_;
  std::vector<EyeBlock> blocks_, global_blocks_;
};

}  // namespace cria::model::mllama
