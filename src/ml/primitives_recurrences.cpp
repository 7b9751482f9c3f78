// Recurrences, token by token. Parts are channels or heads.

#include <cmath>

#include "ml/ops.h"
#include "ml/primitive_families.h"

namespace cria::ml {
namespace {

// What the functions below go over.
struct Part {
  const Node& node;
  Operands x;
  const StateRows& state;
  int64_t first, last;
  float* out;

  int64_t tokens() const { return node.shape[0]; }
  const Shape& shape(size_t i) const { return x[i].node->shape; }
};

// Reference: the convolutions of Gu and Dao, arXiv:2312.00752.
void causal_conv(const Part& part) {
  const Floats x(part.x[0]), weight(part.x[1]);
  const int64_t channels = part.shape(1)[0], kernel = part.shape(1)[1];
  std::vector<float> bias(static_cast<size_t>(channels));
  if (part.x.size() > 4) dequantize(part.x[4].node->dtype, part.x[4].data, bias);
  for (int64_t t = 0; t < part.tokens(); ++t) {
    const int64_t slot = ints(part.x[3])[t];
    for (int64_t c = part.first; c < part.last; ++c) {
      const float latest = x[t * channels + c];
      double sum = double{bias[static_cast<size_t>(c)]} +
                   double{weight[c * kernel + kernel - 1]} * double{latest};
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
  const Floats x(part.x[0]), dt(part.x[1]), a(part.x[2]), b(part.x[3]), c(part.x[4]);
  const int64_t heads = part.node.shape[1], dim = part.node.shape[2];
  const int64_t groups = part.shape(3)[1], states = part.shape(3)[2], rates = part.shape(2)[1];
  std::vector<double> decays(static_cast<size_t>(states));
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
  const Floats q(part.x[0]), k(part.x[1]), v(part.x[2]), gate(part.x[3]), beta(part.x[4]);
  const int64_t heads = part.node.shape[1], dim = part.node.shape[2], states = part.shape(0)[2];
  std::vector<double> known(static_cast<size_t>(dim)), sums(static_cast<size_t>(dim));
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

void evaluate_recurrence(const Node& node, Operands x, const StateRows& state, int64_t first,
                         int64_t last, float* out) {
  const Part part{node, x, state, first, last, out};
  if (node.op == Op::kCausalConv) return causal_conv(part);
  if (node.op == Op::kSsmScan) return ssm_scan(part);
  delta_rule(part);
}

}  // namespace cria::ml
