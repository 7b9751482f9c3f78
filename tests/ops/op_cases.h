#pragma once
// One table of cases for every operation: what tests compare over backends and instruction sets.

#include <functional>
#include <string>
#include <vector>

#include "ml/backend.h"
#include "ml/ops.h"

namespace cria::ml {

// Makes the operands of a case, the same ones on every backend.
class CaseInputs {
 public:
  CaseInputs(Backend& backend, uint64_t seed) : backend_(backend), random_(seed) {}

  Tensor input(const Shape& shape, float low = -1, float high = 1);
  Tensor integers(std::vector<int32_t> values);
  Tensor weight(DType type, const Shape& shape);
  Tensor state(StateRole role, DType type, const Shape& shape, int64_t block_size);  // filled
  Tensor empty_state(StateRole role, DType type, const Shape& shape, int64_t block_size);

  Graph& graph() { return graph_; }
  void load_weights();
  void write_inputs(Plan& plan) const;

 private:
  float next(float low, float high);

  Backend& backend_;
  uint64_t random_;
  Graph graph_;
  std::deque<Node> weights_;
  std::deque<std::vector<std::byte>> data_;
  std::vector<std::unique_ptr<State>> states_;
  std::vector<std::pair<Tensor, std::vector<std::byte>>> inputs_;
};

// Bounds of the error.
inline constexpr double kExact = 1e-12;    // the same arithmetic in F32
inline constexpr double kInexact = 1e-10;  // other orders of addition, polynomials

struct OpCase {
  Op op;
  std::string name;
  double max_nmse;  // against the reference
  std::function<Tensor(CaseInputs&)> build;
};

std::vector<OpCase> op_cases();
std::vector<OpCase> more_op_cases();  // part of them, to keep files small

// The result of a case on a backend; `lowered`: with fused operations written in primitives.
std::vector<float> evaluate(const OpCase& op_case, Backend& backend, bool lowered = false);

}  // namespace cria::ml
