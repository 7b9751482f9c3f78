// Products with the matrices of experts: each expert's tokens are gathered, so that its weights are
// read once for all of them, and only experts that some token uses are read at all.

#include <algorithm>
#include <cstring>

#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/step.h"

namespace cria::ml::cpu {
namespace {

constexpr int64_t kTiles = 16;   // of an expert's matrix that are one item of work
constexpr int64_t kTokens = 32;  // that are gathered at a time

class ExpertsStep final : public Step {
 public:
  ExpertsStep(const Kernels& kernels, std::vector<ExpertsPart> parts, const ExpertsStepSpec& spec,
              int threads)
      : kernels_(kernels), parts_(std::move(parts)), spec_(spec), pairs_(spec.tokens * spec.used) {
    for (const ExpertsPart& part : parts_) blocks_ += blocks_of(part);
    items = std::min(pairs_, parts_[0].weight->matrices) * blocks_;
    chunk = std::clamp<int64_t>(items / (threads * int64_t{16}), 1, blocks_);
  }

  void run(int64_t first, int64_t last, float* scratch) const override {
    for (int64_t i = first; i < last; ++i) {
      const int64_t expert = expert_of(i / blocks_);
      if (expert >= 0) multiply(expert, i % blocks_, scratch);
    }
  }

  int64_t scratch_floats() const override {
    const int64_t floats = static_cast<int64_t>(sizeof(float));
    return std::min(kTokens, pairs_) * (spec_.x_stride / floats + kTiles * kTileRows);
  }

 private:
  static int64_t blocks_of(const ExpertsPart& part) {
    return (tile_count(part.weight->rows) + kTiles - 1) / kTiles;
  }

  // The expert of a candidate, or -1 for none. With few tokens the candidates are what they use,
  // each the first time it is named; with many they are all experts.
  int64_t expert_of(int64_t candidate) const {
    if (pairs_ > parts_[0].weight->matrices) return candidate;
    const int32_t* named = spec_.ids + candidate;
    return std::find(spec_.ids, named, *named) == named ? *named : -1;
  }

  void multiply(int64_t expert, int64_t block, float* scratch) const {
    size_t part = 0;
    for (; block >= blocks_of(parts_[part]); ++part) block -= blocks_of(parts_[part]);
    int64_t pairs[kTokens], count = 0;
    for (int64_t pair = 0; pair < pairs_; ++pair) {
      if (spec_.ids[pair] != expert) continue;
      pairs[count++] = pair;
      if (count < kTokens) continue;
      multiply_some(parts_[part], expert, block, {pairs, static_cast<size_t>(count)}, scratch);
      count = 0;
    }
    if (count > 0)
      multiply_some(parts_[part], expert, block, {pairs, static_cast<size_t>(count)}, scratch);
  }

  // A block of an expert's tiles times the activations of some tokens.
  void multiply_some(const ExpertsPart& part, int64_t expert, int64_t block,
                     std::span<const int64_t> pairs, float* scratch) const {
    const PackedMatrix& w = *part.weight;
    const int64_t tile = block * kTiles, row = tile * kTileRows;
    const int64_t rows = std::min(w.rows - row, kTiles * kTileRows);
    std::byte* gathered = reinterpret_cast<std::byte*>(scratch);
    float* products = reinterpret_cast<float*>(gathered + std::ssize(pairs) * spec_.x_stride);
    const bool alone = pairs.size() == 1;
    if (!alone) {
      for (size_t i = 0; i < pairs.size(); ++i) {
        std::memcpy(gathered + static_cast<int64_t>(i) * spec_.x_stride, activations(pairs[i]),
                    static_cast<size_t>(spec_.x_stride));
      }
    }
    kernels_.matmul[static_cast<size_t>(w.dtype)](
        {.tiles = w.data(expert) + tile * packed_tile_bytes(w.dtype, w.cols),
         .rows = rows,
         .cols = w.cols,
         .first_tile = 0,
         .last_tile = tile_count(rows),
         .x = alone ? activations(pairs[0]) : gathered,
         .x_stride = spec_.x_stride,
         .tokens = std::ssize(pairs),
         .out = alone ? part.out + pairs[0] * w.rows + row : products,
         .out_stride = rows,
         .addend = nullptr});
    if (alone) return;
    for (size_t i = 0; i < pairs.size(); ++i) {
      std::copy_n(products + static_cast<int64_t>(i) * rows, rows,
                  part.out + pairs[i] * w.rows + row);
    }
  }

  const std::byte* activations(int64_t pair) const {
    return spec_.x + (spec_.row_per_expert ? pair : pair / spec_.used) * spec_.x_stride;
  }

  const Kernels& kernels_;
  const std::vector<ExpertsPart> parts_;
  const ExpertsStepSpec spec_;
  const int64_t pairs_;  // of a token and an expert that it uses
  int64_t blocks_ = 0;   // of one expert, in all parts
};

}  // namespace

std::unique_ptr<Step> make_experts_step(const Kernels& kernels, std::vector<ExpertsPart> parts,
                                        const ExpertsStepSpec& spec, int threads) {
  return std::make_unique<ExpertsStep>(kernels, std::move(parts), spec, threads);
}

}  // namespace cria::ml::cpu
