#include "model/models/mllama/vision.h"

#include <algorithm>
#include <cmath>

#include "model/hyper_parameters.h"
#include "nn/attention.h"

namespace cria::model::mllama {
namespace {

// Of the norms around the first transformer, whatever that of its layers is.
constexpr float kEps = 1e-5f;

PixelOptions read_pixels(const Config& c) {
  PixelOptions pixels;
  const auto read = [&](const char* key, std::vector<float> fallback, std::array<float, 3>& to) {
    std::ranges::copy(c.reals(key, fallback), to.begin());
  };
  read("vision.image_mean", {0.48145466F, 0.4578275F, 0.40821073F}, pixels.mean);
  read("vision.image_std", {0.26862954F, 0.26130258F, 0.27577711F}, pixels.deviation);
  for (const float deviation : pixels.deviation) {
    if (!(deviation > 0)) c.corrupt("vision.image_std", "has ", deviation, ", expected above 0");
  }
  if (c.has("vision.image_rescale")) pixels.rescale = c.positive("vision.image_rescale");
  const std::string filter = c.text("vision.image_filter", "bilinear");
  if (filter != "bilinear" && filter != "bicubic")
    c.unsupported("vision.image_filter", "is ", filter, ", expected bilinear or bicubic");
  pixels.bicubic = filter == "bicubic";
  return pixels;
}

// How many ways there are to lay out so many tiles at most.
int64_t count_shapes(int64_t tiles) {
  int64_t shapes = 0;
  for (int64_t width = 1; width <= tiles; ++width) shapes += tiles / width;
  return shapes;
}

}  // namespace

EyeOptions::EyeOptions(const Config& c)
    : token(c.count("image_token_id")),
      width(c.dim("vision.embedding_length")),
      hidden(c.dim("vision.feed_forward_length")),
      heads(c.dim("vision.attention.head_count")),
      tiles(c.dim("vision.max_num_tiles")),
      size(c.dim("vision.image_size")),
      patch(c.dim("vision.patch_size")),
      shapes(c.dim("vision.shape_count", count_shapes(tiles))),
      eps(c.positive("vision.attention.layer_norm_epsilon")),
      activation(ml::Activation::kGeluErf),
      pixels(read_pixels(c)) {
  constexpr int64_t kMostTiles = 64, kMostPatches = 16384;
  if (width % heads != 0)
    c.corrupt("vision.embedding_length", "is ", width, ", expected a multiple of ", heads,
              " heads");
  if (tiles > kMostTiles)
    c.corrupt("vision.max_num_tiles", "is ", tiles, ", expected at most ", kMostTiles);
  if (patch > size || (size / patch) * (size / patch) > kMostPatches) {
    c.corrupt("vision.patch_size", "is ", patch, " for a tile of ", size, ", expected 1 to ",
              kMostPatches, " patches");
  }
  patches = (size / patch) * (size / patch) + 1;
  padding = (8 - patches % 8) % 8;
}

void EyeBlock::bind(nn::Weights& w, const EyeOptions& o) {
  w("attn_norm", attention_norm, {o.width})("ffn_norm", mlp_norm, {o.width});
  w("attn_q", query, {o.width, o.width})("attn_k", key, {o.width, o.width});
  w("attn_v", value, {o.width, o.width})("attn_output", output, {o.width, o.width});
  w("ffn_up", up, {o.hidden, o.width})("ffn_down", down, {o.width, o.hidden});
  w("attn_gate", attention_gate, {1}, nn::kOptional)("ffn_gate", mlp_gate, {1}, nn::kOptional);
}

ml::Tensor EyeBlock::forward(ml::Tensor x, kvcache::Layer& history, const EyeOptions& o) const {
  const auto gated = [](ml::Tensor h, ml::Tensor gate) { return gate ? h * gate : h; };
  const float scale = 1.f / std::sqrt(static_cast<float>(o.width / o.heads));
  const ml::Tensor in = attention_norm(x, o.eps);
  const ml::Tensor h = nn::attention(query(in).split_last(o.heads), key(in).split_last(o.heads),
                                     value(in).split_last(o.heads), {.scale = scale}, history);
  x = x + gated(output(h.merge_last()), attention_gate);
  return x + gated(down(ml::activate(up(mlp_norm(x, o.eps)), o.activation)), mlp_gate);
}

void TileEmbedding::bind(nn::Weights& w, const ml::Shape& shape) {
  w(embedding, shape)("gate", gate, {1});
}

ml::Tensor TileEmbedding::of(ml::Tensor shape, const EyeOptions& o) const {
  const ml::Tensor all = embedding(shape);
  return all.reshape({o.tiles, all.dim(1) / (o.tiles * o.width), o.width}) * gate;
}

Eyes::Eyes(const Config& c)
    : options_(c),
      taken_(c.places("vision.intermediate_layers_indices", c.dim("vision.block_count") + 1)),
      blocks_(static_cast<size_t>(c.dim("vision.block_count"))),
      global_blocks_(static_cast<size_t>(c.dim("vision.global.block_count"))) {}

void Eyes::bind(nn::Weights& w, const EyeOptions& o) {
  const int64_t tile = o.tiles * o.width;
  w("patch_embd", patch_embedding_, {o.width, 3 * o.patch * o.patch});
  w("position_embd.weight", position_embedding_, {o.patches, o.width});
  w("tile_position_embd", positions_, {o.shapes + 1, o.patches * tile});
  w("pre_tile_position_embd", before_, {o.shapes + 1, tile});
  w("post_tile_position_embd", after_, {o.shapes + 1, tile});
  w("pre_ln", norm_before_, {o.width})("post_ln", norm_after_, {o.width});
  w("blk", blocks_, o)("global.blk", global_blocks_, o);
}

// [tiles, patches, width]
ml::Tensor Eyes::embed(const PictureInputs& picture) const {
  const EyeOptions& o = options_;
  const int64_t side = o.size / o.patch, whole = side * o.patch;
  ml::Tensor x = ml::slice(ml::slice(picture.pixels, 2, 0, whole), 3, 0, whole);
  x = x.reshape({o.tiles * 3 * side, o.patch, side, o.patch});
  x = ml::permute(x, {0, 2, 1, 3}).reshape({o.tiles, 3, side * side, o.patch * o.patch});
  x = ml::permute(x, {0, 2, 1, 3}).reshape({o.tiles * side * side, 3 * o.patch * o.patch});
  x = patch_embedding_(x).reshape({o.tiles, side * side, o.width}) + before_.of(picture.shape, o);
  // In front, the class token, which comes with the first place's embedding.
  x = ml::pad(x, 1, 1, 0) + position_embedding_ + positions_.of(picture.shape, o);
  return norm_before_(x, kEps);
}

ml::Tensor Eyes::ordered(ml::Tensor x, int64_t used) const {
  const EyeOptions& o = options_;
  const ml::Tensor tiles = ml::slice(x, 0, 0, used);
  const auto flat = [&](ml::Tensor part) {
    return part.reshape({part.dim(0) * part.dim(1), o.width});
  };
  ml::Tensor out = flat(ml::slice(tiles, 1, 0, o.patches));
  if (o.padding > 0)
    out = ml::concat_along(0, out, flat(ml::slice(tiles, 1, o.patches, o.patches + o.padding)));
  if (used < o.tiles) out = ml::concat_along(0, out, flat(ml::slice(x, 0, used, o.tiles)));
  return out;
}

ml::Tensor Eyes::patches_of(ml::Tensor x, int64_t used) const {
  const EyeOptions& o = options_;
  const int64_t row = o.patches + o.padding;
  const ml::Tensor first = ml::slice(x, 0, 0, used * o.patches);
  if (used == o.tiles) return first;
  ml::Tensor rest = ml::slice(x, 0, used * row, o.tiles * row);
  rest = ml::slice(rest.reshape({o.tiles - used, row, o.width}), 1, 0, o.patches);
  return ml::concat_along(0, first, rest.reshape({(o.tiles - used) * o.patches, o.width}));
}

ml::Tensor Eyes::forward(PictureInputs& picture) const {
  const EyeOptions& o = options_;
  const int64_t used = picture.tiles;
  ml::Tensor x = ordered(ml::pad(embed(picture), 1, 0, o.padding), used);
  ml::Tensor taken;  // [tiles * patches, width, blocks]
  const auto take = [&](size_t block) {
    for (const int64_t i : taken_) {
      if (i != static_cast<int64_t>(block)) continue;
      const ml::Tensor rows = patches_of(x, used);
      const ml::Tensor column = rows.reshape({rows.dim(0), o.width, 1});
      taken = taken ? ml::concat_along(2, taken, column) : column;
    }
  };
  for (size_t i = 0; i < blocks_.size(); ++i) {
    take(i);
    x = blocks_[i].forward(x, picture.history, o);
  }
  take(blocks_.size());
  const ml::Tensor after =
      ml::repeat(after_.of(picture.shape, o), {o.tiles, o.patches + o.padding, o.width});
  x = norm_after_(x, kEps) + ordered(after, used);
  for (const EyeBlock& block : global_blocks_) x = block.forward(x, picture.history, o);
  x = patches_of(x, used);
  return taken ? ml::concat_along(1, x, taken.merge_last()) : x;
}

VisionSpec Eyes::spec() const {
  const EyeOptions& o = options_;
  return {.token = static_cast<int32_t>(o.token),
          .tiles = o.tiles,
          .size = o.size,
          .shapes = o.shapes,
          .rows = o.tiles * (o.patches + o.padding),
          .heads = o.heads,
          .head_dim = o.width / o.heads,
          .encoded = o.tiles * o.patches,
          .pixels = o.pixels};
}

// Patches see all; what fills up sees the patches only.
std::vector<int32_t> Eyes::last_rows(int64_t tiles) const {
  const int64_t rows = spec().rows, patches = tiles * options_.patches;
  std::vector<int32_t> last(static_cast<size_t>(rows), static_cast<int32_t>(patches - 1));
  std::fill_n(last.begin(), patches, static_cast<int32_t>(rows - 1));
  return last;
}

}  // namespace cria::model::mllama
