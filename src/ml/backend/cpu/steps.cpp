#include <algorithm>
#include <span>

#include "base/error.h"
#include "ml/backend/cpu/kernels/pack.h"
#include "ml/backend/cpu/state.h"
#include "ml/backend/cpu/step.h"
#include "ml/primitives.h"

namespace cria::ml::cpu {
namespace {

// Small enough that threads end together, large enough that asking for more costs nothing.
int64_t chunk_of(int64_t items, int threads) {
  return std::max<int64_t>(1, items / (threads * int64_t{8}));
}

class RowStep final : public Step {
 public:
  RowStep(std::vector<RowOperation> operations, int64_t rows, int threads)
      : operations_(std::move(operations)) {
    items = rows;
    chunk = chunk_of(rows, threads);
  }
  void run(int64_t first, int64_t last, float*) const override {
    for (int64_t row = first; row < last; ++row) {
      for (const RowOperation& operation : operations_) operation(row);
    }
  }

 private:
  std::vector<RowOperation> operations_;
};

class MatmulStep final : public Step {
 public:
  MatmulStep(const Kernels& kernels, std::vector<MatmulPart> parts, int64_t x_stride,
             int64_t tokens, int threads)
      : kernels_(kernels), parts_(std::move(parts)), x_stride_(x_stride), tokens_(tokens) {
    for (const MatmulPart& part : parts_) items += tile_count(part.weight->rows);
    chunk = std::max<int64_t>(chunk_of(items, threads),
                              std::min<int64_t>(kFewestTiles, items / threads));
    chunk = std::max<int64_t>(chunk, 1);
    if (tokens == 0) items = 0;
  }

  void run(int64_t first, int64_t last, float*) const override {
    int64_t base = 0;
    for (const MatmulPart& part : parts_) {
      const int64_t tiles = tile_count(part.weight->rows);
      const int64_t begin = std::max(first - base, int64_t{0}), end = std::min(last - base, tiles);
      if (begin < end) multiply(part, begin, end);
      base += tiles;
    }
  }

 private:
  static constexpr int64_t kFewestTiles = 4;  // that a kernel keeps in flight for one token

  void multiply(const MatmulPart& part, int64_t first_tile, int64_t last_tile) const {
    const PackedMatrix& w = *part.weight;
    kernels_.matmul[static_cast<size_t>(w.dtype)]({.tiles = w.data(part.matrix),
                                                   .rows = w.rows,
                                                   .cols = w.cols,
                                                   .first_tile = first_tile,
                                                   .last_tile = last_tile,
                                                   .x = part.x,
                                                   .x_stride = x_stride_,
                                                   .tokens = tokens_,
                                                   .out = part.out,
                                                   .out_stride = w.rows,
                                                   .addend = part.addend});
  }

  const Kernels& kernels_;
  std::vector<MatmulPart> parts_;
  int64_t x_stride_, tokens_;
};

class PrimitiveStep final : public Step {
 public:
  PrimitiveStep(const Node& node, std::vector<const std::byte*> operands, float* out, int threads)
      : node_(node), out_(out) {
    for (size_t i = 0; i < operands.size(); ++i) operands_.push_back({node.inputs[i], operands[i]});
    items = parts(node);
    chunk = chunk_of(items, threads);
  }
  void run(int64_t first, int64_t last, float* scratch) const override {
    if (is_recurrence(node_.op)) {
      auto& state = *static_cast<CpuState*>(recurrent_state(node_)->state);
      return evaluate_recurrence(
          node_, operands_, state.rows(), first, last,
          std::as_writable_bytes(std::span(scratch, static_cast<size_t>(scratch_floats()))), out_);
    }
    evaluate(node_, operands_, first, last, out_);
  }
  int64_t scratch_floats() const override {
    if (!is_recurrence(node_.op)) return 0;
    constexpr auto kFloat = static_cast<int64_t>(sizeof(float));
    return (recurrence_scratch_bytes(node_) + kFloat - 1) / kFloat;
  }

 private:
  const Node& node_;
  std::vector<ml::Operand> operands_;
  float* out_;
};

}  // namespace

std::unique_ptr<Step> make_row_step(std::vector<RowOperation> operations, int64_t rows,
                                    int threads) {
  return std::make_unique<RowStep>(std::move(operations), rows, threads);
}

std::unique_ptr<Step> make_matmul_step(const Kernels& kernels, std::vector<MatmulPart> parts,
                                       int64_t x_stride, int64_t tokens, int threads) {
  return std::make_unique<MatmulStep>(kernels, std::move(parts), x_stride, tokens, threads);
}

std::unique_ptr<Step> make_primitive_step(const Node& node, std::vector<const std::byte*> operands,
                                          float* out, int threads) {
  return std::make_unique<PrimitiveStep>(node, std::move(operands), out, threads);
}

}  // namespace cria::ml::cpu
