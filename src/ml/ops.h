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

// Elements. Of two operands the second is repeated to the shape of the first.
Tensor operator+(Tensor a, Tensor b);
Tensor operator-(Tensor a, Tensor b);
Tensor operator*(Tensor a, Tensor b);
Tensor operator/(Tensor a, Tensor b);
Tensor operator*(Tensor a, float scale);
Tensor operator-(Tensor x);

Tensor affine(Tensor x, float scale, float offset);
Tensor exp(Tensor x);
Tensor log(Tensor x);
Tensor square(Tensor x);
Tensor sqrt(Tensor x);
Tensor rsqrt(Tensor x);
Tensor sin(Tensor x);
Tensor cos(Tensor x);
Tensor tanh(Tensor x);
Tensor erf(Tensor x);
Tensor sigmoid(Tensor x);
Tensor softplus(Tensor x);
Tensor clamp(Tensor x, float low, float high);
Tensor softcap(Tensor x, float cap);  // cap * tanh(x / cap)

Tensor activate(Tensor x, Activation activation);
Tensor silu(Tensor x);
Tensor gelu(Tensor x);
Tensor gelu_erf(Tensor x);
Tensor quick_gelu(Tensor x);
Tensor relu(Tensor x);
Tensor gated(Tensor gate, Tensor up, Activation activation);  // activate(gate) * up
Tensor swiglu(Tensor gate, Tensor up);
Tensor geglu(Tensor gate, Tensor up);
Tensor swiglu_limited(Tensor gate, Tensor up, float alpha, float limit);

// Along the last dimension.
Tensor sum(Tensor x);
Tensor mean(Tensor x);
Tensor variance(Tensor x);  // of all there is: divided by n
Tensor max(Tensor x);
Tensor cumsum(Tensor x);
Tensor top_k(Tensor x, int64_t k);  // i32 indices, largest first
Tensor argsort(Tensor x);           // i32 indices, smallest first
Tensor softmax(Tensor x);
Tensor rms_norm(Tensor x, Tensor weight, float eps);                 // weight may be null
Tensor layer_norm(Tensor x, Tensor weight, Tensor bias, float eps);  // likewise, and bias
Tensor l2_norm(Tensor x, float eps);                                 // x / max(|x|, eps)

// Shapes. A negative axis counts from the last.
Tensor permute(Tensor x, std::initializer_list<int> axes);
Tensor slice(Tensor x, int axis, int64_t begin, int64_t end, int64_t step = 1);
Tensor concat_along(int axis, Tensor a, Tensor b);
Tensor pad(Tensor x, int axis, int64_t before, int64_t after);
Tensor repeat(Tensor x, const Shape& shape);

// Places.
Tensor rows(Tensor table, Tensor ids);
Tensor gather(Tensor x, Tensor ids, int axis);
Tensor scatter(Tensor x, Tensor ids, int axis, int64_t size);
Tensor store(Tensor state, Tensor x, Tensor slots);

// Products.
Tensor matmul(Tensor a, Tensor b);  // weight [out, in], x [.., in] -> [.., out]
// weights [experts, out, in], x [t, in] or [t, used, in], ids [t, used] -> [t, used, out]
Tensor experts_matmul(Tensor weights, Tensor x, Tensor ids);
Tensor weighted_sum(Tensor x, Tensor weights);  // [t, n, d], [t, n] -> [t, d]
Tensor conv(Tensor x, Tensor weight, Tensor bias, const ConvOptions& options);  // bias may be null

// Recurrences over the tokens of sequences; see ops.def. They change the state.
struct Recurrence {
  Tensor state;  // [slots, rows, dim]
  Tensor slots;  // i32 [t]
};
Tensor causal_conv(Tensor x, Tensor weight, Tensor bias,
                   const Recurrence& past);  // bias may be null
Tensor ssm_scan(Tensor x, Tensor dt, Tensor a, Tensor b, Tensor c, const Recurrence& past);
Tensor delta_rule(Tensor q, Tensor k, Tensor v, Tensor gate, Tensor beta, const Recurrence& past);

// Matrices in the last two dimensions.
Tensor tri(Tensor x, const TriOptions& options);
Tensor solve_tri(Tensor lower, Tensor b);  // x of lower x = b
Tensor diag(Tensor x);                     // [.., n] -> [.., n, n]

// Rotary position embedding of x [t, heads, head_dim]; positions i32 [t]; factors [dims/2] or null.
Tensor rope(Tensor x, Tensor positions, const RopeOptions& options, Tensor factors = {});

// The history that each token of a pass attends to. A sequence's cache is a table of blocks; its
// token at position p lies in slot table[p / block_size] * block_size + p % block_size.
struct History {
  Tensor keys, values;  // states [slots, kv_heads, head_dim]
  Tensor tables;        // i32 [sequences, blocks]
  Tensor sequences;     // i32 [t], rows of `tables`
  Tensor positions;     // i32 [t]: the last that a token sees
  Tensor firsts = {};   // i32 [t]: the first; null: 0
};
// Sinks [heads] or null: a logit per head that takes its part of the softmax and has no value.
Tensor attention(Tensor q, const History& history, const AttentionOptions& options,
                 Tensor sinks = {});

}  // namespace cria::ml
