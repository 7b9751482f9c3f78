#pragma once
// What a plan of the cpu backend is made of: steps that all threads walk through together, each
// split into items that may run in any order and on any thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "ml/backend/cpu/kernels/kernels.h"
#include "ml/backend/cpu/weights.h"
#include "ml/tensor.h"

namespace cria::ml::cpu {

class Step {
 public:
  virtual ~Step() = default;
  // Before each run, on one thread: how much there is to do may depend on the inputs.
  virtual void prepare() {}
  virtual void run(int64_t first, int64_t last, float* scratch) const = 0;
  virtual int64_t scratch_floats() const { return 0; }  // of one thread
  virtual int64_t shared_floats() const { return 0; }   // of all threads, while the step runs
  virtual void share(float*) {}                         // where they are

  int64_t items = 0;
  int64_t chunk = 1;  // items that a thread takes at a time
};

// A list of operations on each row of some results; row i needs nothing of other rows.
using RowOperation = std::function<void(int64_t row)>;
std::unique_ptr<Step> make_row_step(std::vector<RowOperation> operations, int64_t rows,
                                    int threads);

// Matrices multiplied with as many rows of activations each, x_stride bytes apart.
struct MatmulPart {
  const PackedMatrix* weight;
  int64_t matrix;  // of the weight
  const std::byte* x;
  float* out;           // [tokens][rows]
  const float* addend;  // null or [tokens][rows]
};
std::unique_ptr<Step> make_matmul_step(const Kernels& kernels, std::vector<MatmulPart> parts,
                                       int64_t x_stride, int64_t tokens, int threads);

// Experts' matrices multiplied with the activations of those tokens that use them.
struct ExpertsPart {
  const PackedMatrix* weight;  // of the first expert; the others follow
  float* out;                  // [tokens][used][rows]
};
struct ExpertsStepSpec {
  int64_t tokens, used;
  const int32_t* ids;  // [tokens][used]
  const std::byte* x;  // a row for each token, or for each token and expert used
  int64_t x_stride;    // bytes from one row to the next
  bool row_per_expert;
};
std::unique_ptr<Step> make_experts_step(const Kernels& kernels, std::vector<ExpertsPart> parts,
                                        const ExpertsStepSpec& spec, int threads);

struct AttentionStepSpec {
  const Node* node;  // paged_attention
  const float* q;
  const int32_t *tables, *sequences, *positions;
  const int32_t* firsts;  // or null
  const float* sinks;     // or null
  float* out;
  int threads;
};
std::unique_ptr<Step> make_attention_step(const Kernels& kernels, const AttentionStepSpec& spec);

// A primitive without a kernel: as ml/primitives.h computes it.
std::unique_ptr<Step> make_primitive_step(const Node& node, std::vector<const std::byte*> operands,
                                          float* out, int threads);

}  // namespace cria::ml::cpu
