#include "model/picture_encoder.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/error.h"

namespace cria::model {

struct PictureEncoder::Pass {
  ml::Graph graph;
  kvcache::View view;
  std::optional<kvcache::Scratch::View> history;
  ml::Tensor pixels, shape;
  std::vector<ml::Tensor> results;  // named ones and the states that are written
  std::vector<int32_t> last_rows;
  std::unique_ptr<ml::Plan> plan;
};

PictureEncoder::PictureEncoder(const Vision& vision, ml::Backend& backend, kvcache::Cache& cache)
    : vision_(vision),
      spec_(vision.vision_spec()),
      backend_(backend),
      cache_(cache),
      scratch_(backend, spec_.rows, spec_.heads, spec_.head_dim),
      passes_(static_cast<size_t>(spec_.tiles)) {
  passes_.back() = build(spec_.tiles);
}

PictureEncoder::~PictureEncoder() = default;

const ml::Graph& PictureEncoder::graph() const { return passes_.back()->graph; }

void PictureEncoder::compile() {
  Pass& pass = *passes_.back();
  pass.plan = backend_.plan(pass.graph, pass.results);
}

std::unique_ptr<PictureEncoder::Pass> PictureEncoder::build(int64_t tiles) const {
  auto pass = std::make_unique<Pass>();
  pass->last_rows = vision_.last_rows(tiles);
  ml::Graph& graph = pass->graph;
  pass->view = cache_.encoded_view(graph, spec_.encoded);
  pass->history = scratch_.view(graph);
  pass->pixels = graph.input("pixels", ml::DType::kF32, {spec_.tiles, 3, spec_.size, spec_.size});
  pass->shape = graph.input("shape", ml::DType::kI32, {1});
  vision_.encode({.pixels = pass->pixels,
                  .shape = pass->shape,
                  .tiles = tiles,
                  .history = pass->history->layer},
                 pass->view);
  for (const ml::Node& node : graph.nodes()) {
    if (node.name.starts_with("image.")) pass->results.emplace_back(&graph, &node);
  }
  for (const kvcache::Layer& layer : pass->view.layers) {
    if (!layer.slots()) continue;
    pass->results.push_back(layer.history().keys);
    pass->results.push_back(layer.history().values);
  }
  return pass;
}

PictureEncoder::Pass& PictureEncoder::pass(int64_t tiles) {
  std::unique_ptr<Pass>& pass = passes_[static_cast<size_t>(tiles - 1)];
  if (!pass) {
    pass = build(tiles);
    pass->plan = backend_.plan(pass->graph, pass->results);
  }
  return *pass;
}

void PictureEncoder::check(const Picture& picture) const {
  const auto pixels = static_cast<size_t>(spec_.tiles * 3 * spec_.size * spec_.size);
  if (picture.tiles < 1 || picture.tiles > spec_.tiles || picture.pixels.size() != pixels) {
    fail(Error::Code::kInvalidArgument, "a picture of ", picture.tiles, " tiles with ",
         picture.pixels.size(), " numbers, expected 1 to ", spec_.tiles, " tiles with ", pixels);
  }
  if (picture.shape < 0 || picture.shape > spec_.shapes) {
    fail(Error::Code::kInvalidArgument, "a picture of shape ", picture.shape, ", expected 0 to ",
         spec_.shapes);
  }
}

kvcache::Cache::Outcome PictureEncoder::encode(kvcache::Sequence sequence,
                                               std::span<const PlacedPicture> pictures) {
  std::vector<kvcache::Encoding> encodings;
  for (const PlacedPicture& placed : pictures) {
    check(*placed.picture);
    encodings.push_back({.position = placed.position,
                         .rows = spec_.encoded,
                         .seen = vision_.seen(placed.picture->tiles)});
  }
  const kvcache::Cache::Outcome outcome = cache_.reserve_encoded(sequence, encodings);
  if (outcome != kvcache::Cache::Outcome::kOk) return outcome;
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Picture& picture = *pictures[i].picture;
    Pass& pass = this->pass(picture.tiles);
    const auto shape = static_cast<int32_t>(picture.shape);
    std::memcpy(pass.plan->input(pass.shape).data(), &shape, sizeof(shape));
    std::ranges::copy(std::as_bytes(std::span(picture.pixels)),
                      pass.plan->input(pass.pixels).begin());
    scratch_.place(pass.last_rows, *pass.history, *pass.plan);
    cache_.place_encoded(sequence, i, pass.view, *pass.plan);
    backend_.run(*pass.plan);
    last_ = &pass;
  }
  return outcome;
}

std::vector<NamedResult> PictureEncoder::results() const {
  std::vector<NamedResult> results;
  for (size_t i = 0; i < last_->results.size(); ++i) {
    const ml::Node& node = *last_->results[i].node();
    if (!node.name.starts_with("image.")) continue;
    results.push_back({node.name, node.shape, last_->plan->output(i)});
  }
  return results;
}

}  // namespace cria::model
