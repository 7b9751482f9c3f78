#pragma once
// Runs the encoder of a model that can see, with a plan for each number of tiles.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kvcache/cache.h"
#include "kvcache/scratch.h"
#include "ml/backend.h"
#include "model/vision.h"

namespace cria::model {

// The position is that of the token that stands for it.
struct PlacedPicture {
  const Picture* picture;
  int64_t position;
};

// A named tensor of a pass, valid until the next one.
struct NamedResult {
  std::string name;
  ml::Shape shape;
  std::span<const float> values;
};

class PictureEncoder {
 public:
  PictureEncoder(const Vision& vision, ml::Backend& backend, kvcache::Cache& cache);
  ~PictureEncoder();

  // The largest graph, which says what weights are for. They are loaded between construction and
  // compile(): OutOfMemory.
  const ml::Graph& graph() const;
  void compile();

  // See Executor::encode.
  [[nodiscard]] kvcache::Cache::Outcome encode(kvcache::Sequence sequence,
                                               std::span<const PlacedPicture> pictures);

  // What the last run computed, until forgotten, since the next pass of another plan overwrites it.
  bool has_results() const { return last_ != nullptr; }
  std::vector<NamedResult> results() const;
  void forget_results() { last_ = nullptr; }

 private:
  struct Pass;

  void check(const Picture& picture) const;
  std::unique_ptr<Pass> build(int64_t tiles) const;
  Pass& pass(int64_t tiles);

  const Vision& vision_;
  const VisionSpec spec_;
  ml::Backend& backend_;
  kvcache::Cache& cache_;
  kvcache::Scratch scratch_;
  std::vector<std::unique_ptr<Pass>> passes_;  // by the number of tiles, less one
  const Pass* last_ = nullptr;
};

}  // namespace cria::model
