#pragma once
// The operations, as free functions on tensors: they append to the graph of their operands. Shape
// errors are InvalidArgument and name the weights that the operands descend from. What each
// computes stands in ops.def.

#include <algorithm>
#include <span>

#include "ml/tensor.h"

namespace cria::ml {

struct OpInfo {
  Op op;
  std::string_view name;
  size_t fewest_inputs, most_inputs;
  Shape (*shape)(const Node& node);  // null: given by the caller
  Tensor (*lower)(Graph& graph,
                  const Node& node);  // null: a primitive; the node's inputs belong to `graph`
  std::string_view summary;
};
std::span<const OpInfo> ops();
const OpInfo& info(Op op);

// Appends a node of this op after checking its inputs.
Tensor apply(Op op, std::initializer_list<Tensor> inputs, Options options = {});

Tensor operator+(Tensor a, Tensor b);
Tensor operator-(Tensor a, Tensor b);
Tensor operator*(Tensor a, Tensor b);
Tensor operator/(Tensor a, Tensor b);
Tensor operator*(Tensor a, float scale);

Tensor affine(Tensor x, float scale, float offset);
Tensor exp(Tensor x);
Tensor rsqrt(Tensor x);
Tensor sigmoid(Tensor x);
Tensor sum(Tensor x);
Tensor max(Tensor x);
Tensor matmul(Tensor a, Tensor b);  // weight [out, in], x [.., in] -> [.., out]
Tensor permute(Tensor x, std::initializer_list<int> axes);
Tensor slice(Tensor x, int axis, int64_t begin, int64_t end);
Tensor concat_last(Tensor a, Tensor b);
Tensor rows(Tensor table, Tensor ids);
Tensor store(Tensor state, Tensor x, Tensor slots);

Tensor silu(Tensor x);
Tensor swiglu(Tensor gate, Tensor up);
Tensor softmax(Tensor x);
Tensor rms_norm(Tensor x, Tensor weight, float eps);  // weight may be null

// Rotary position embedding of x [t, heads, head_dim]; positions i32 [t]; factors [dims/2] or null.
Tensor rope(Tensor x, Tensor positions, const RopeOptions& options, Tensor factors = {});

// The history that each token of a pass attends to. A sequence's cache is a table of blocks; its
// token at position p lies in slot table[p / block_size] * block_size + p % block_size.
struct History {
  Tensor keys, values;  // states [slots, kv_heads, head_dim]
  Tensor tables;        // i32 [sequences, blocks]
  Tensor sequences;     // i32 [t], rows of `tables`
  Tensor positions;     // i32 [t]
};
// Sinks [heads] or null: a logit per head that takes its part of the softmax and has no value.
Tensor attention(Tensor q, const History& history, const AttentionOptions& options,
                 Tensor sinks = {});

}  // namespace cria::ml
