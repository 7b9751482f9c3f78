// Recurrences, token by token. Parts are channels or heads.

#include <cmath>

#include "ml/ops.h"
#include "ml/primitive_families.h"

namespace cria::ml {
namespace {

// Hands out pieces of memory that the caller brought.
class Scratch {
 public:
  explicit Scratch(std::span<std::byte> memory) : left_(memory) {}

  template <class T>
  std::span<T> take(int64_t count) {
    const size_t bytes = static_cast<size_t>(count) * sizeof(T), whole = padded(bytes);
    CRIA_CHECK(whole <= left_.size());
    T* data = reinterpret_cast<T*>(left_.data());
    left_ = left_.subspan(whole);
    return {data, static_cast<size_t>(count)};
  }
  static constexpr size_t padded(size_t bytes) { return (bytes + 7) / 8 * 8; }

 private:
  std::span<std::byte> left_;
};

bool is_converted(const Node* node) {
  return node && !node->state && node->dtype != DType::kF32 && node->dtype != DType::kI32;
}

// An operand's numbers, converted when it has another type.
const float* floats(const Operand& operand, Scratch& scratch) {
  if (!is_converted(operand.node)) return reinterpret_cast<const float*>(operand.data);
  const std::span<float> converted = scratch.take<float>(operand.node->shape.size());
  dequantize(operand.node->dtype, operand.data, converted);
  return converted.data();
}

// What the functions below go over.
struct Part {
  const Node& node;
  Operands x;
  const StateRows& state;
  int64_t first, last;
  Scratch& scratch;
  float* out;

  const float* floats(size_t i) const { return ml::floats(x[i], scratch); }

  int64_t tokens() const { return node.shape[0]; }
  const Shape& shape(size_t i) const { return x[i].node->shape; }
};

// Reference: the convolutions of Gu and Dao, arXiv:2312.00752.
void causal_conv(const Part& part) {
  const float *x = part.floats(0), *weight = part.floats(1);
  const float* bias = part.x.size() > 4 ? part.floats(4) : nullptr;
  const int64_t channels = part.shape(1)[0], kernel = part.shape(1)[1];
  for (int64_t t = 0; t < part.tokens(); ++t) {
    const int64_t slot = ints(part.x[3])[t];
    for (int64_t c = part.first; c < part.last; ++c) {
      const float latest = x[t * channels + c];
      double sum =
          (bias ? double{bias[c]} : 0) + double{weight[c * kernel + kernel - 1]} * double{latest};
      for (int64_t i = 0; i + 1 < kernel; ++i) {
        float& past = part.state.at(slot, i)[c];
        sum += double{weight[c * kernel + i]} * double{past};
        past = i + 2 < kernel ? part.state.at(slot, i + 1)[c] : latest;
      }
      part.out[t * channels + c] = static_cast<float>(sum);
    }
  }
}

// Reference: Dao and Gu, arXiv:2405.21060; with d = 1 and a per state that of arXiv:2312.00752.
void ssm_scan(const Part& part) {
  const float *x = part.floats(0), *dt = part.floats(1), *a = part.floats(2), *b = part.floats(3),
              *c = part.floats(4);
  const int64_t heads = part.node.shape[1], dim = part.node.shape[2];
  const int64_t groups = part.shape(3)[1], states = part.shape(3)[2], rates = part.shape(2)[1];
  const std::span<double> decays = part.scratch.take<double>(states);
  for (int64_t t = 0; t < part.tokens(); ++t) {
    for (int64_t h = part.first; h < part.last; ++h) {
      float* state = part.state.at(ints(part.x[6])[t], h);
      const double step = double{dt[t * heads + h]};
      const int64_t group = (t * groups + h / (heads / groups)) * states;
      for (int64_t n = 0; n < states; ++n) {
        decays[static_cast<size_t>(n)] =
            std::exp(step * double{a[h * rates + (rates == 1 ? 0 : n)]});
      }
      for (int64_t d = 0; d < dim; ++d, state += states) {
        const double input = step * double{x[(t * heads + h) * dim + d]};
        double sum = 0;
        for (int64_t n = 0; n < states; ++n) {
          state[n] = static_cast<float>(double{state[n]} * decays[static_cast<size_t>(n)] +
                                        input * double{b[group + n]});
          sum += double{state[n]} * double{c[group + n]};
        }
        part.out[(t * heads + h) * dim + d] = static_cast<float>(sum);
      }
    }
  }
}

// Reference: Yang et al., arXiv:2412.06464.
void delta_rule(const Part& part) {
  const float *q = part.floats(0), *k = part.floats(1), *v = part.floats(2), *gate = part.floats(3),
              *beta = part.floats(4);
  const int64_t heads = part.node.shape[1], dim = part.node.shape[2], states = part.shape(0)[2];
  const auto known = part.scratch.take<double>(dim), sums = part.scratch.take<double>(dim);
  for (int64_t t = 0; t < part.tokens(); ++t) {
    for (int64_t h = part.first; h < part.last; ++h) {
      float* state = part.state.at(ints(part.x[6])[t], h);  // [states][dim]
      const int64_t head = t * heads + h;
      const double decay = std::exp(double{gate[head]});
      std::fill(known.begin(), known.end(), 0);
      std::fill(sums.begin(), sums.end(), 0);
      for (int64_t n = 0; n < states; ++n) {
        for (int64_t d = 0; d < dim; ++d) {
          known[static_cast<size_t>(d)] +=
              decay * double{state[n * dim + d]} * double{k[head * states + n]};
        }
      }
      for (int64_t n = 0; n < states; ++n) {
        for (int64_t d = 0; d < dim; ++d) {
          const double change =
              double{beta[head]} * (double{v[head * dim + d]} - known[static_cast<size_t>(d)]);
          float& s = state[n * dim + d];
          s = static_cast<float>(decay * double{s} + double{k[head * states + n]} * change);
          sums[static_cast<size_t>(d)] += double{s} * double{q[head * states + n]};
        }
      }
      for (int64_t d = 0; d < dim; ++d)
        part.out[head * dim + d] = static_cast<float>(sums[static_cast<size_t>(d)]);
    }
  }
}

}  // namespace

bool is_recurrence(Op op) {
  return op == Op::kCausalConv || op == Op::kSsmScan || op == Op::kDeltaRule;
}

const Node* recurrent_state(const Node& node) {
  return node.inputs[node.op == Op::kCausalConv ? 2 : 5];
}

int64_t recurrence_scratch_bytes(const Node& node) {
  size_t bytes = 0;
  for (const Node* input : node.inputs) {
    if (!is_converted(input)) continue;
    bytes += Scratch::padded(static_cast<size_t>(input->shape.size()) * sizeof(float));
  }
  const int64_t doubles = node.op == Op::kSsmScan     ? node.inputs[3]->shape[2]
                          : node.op == Op::kDeltaRule ? 2 * node.shape[2]
                                                      : 0;
  return static_cast<int64_t>(bytes) + doubles * static_cast<int64_t>(sizeof(double));
}

void evaluate_recurrence(const Node& node, Operands x, const StateRows& state, int64_t first,
                         int64_t last, std::span<std::byte> memory, float* out) {
  Scratch scratch(memory);
  const Part part{node, x, state, first, last, scratch, out};
  if (node.op == Op::kCausalConv) return causal_conv(part);
  if (node.op == Op::kSsmScan) return ssm_scan(part);
  delta_rule(part);
}

}  // namespace cria::ml
