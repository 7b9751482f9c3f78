#pragma once
// Weights that files of gpt-oss have apart, or joined as Ollama's first converter left them.

#include "model/hyper_parameters.h"
#include "nn/experts.h"
#include "nn/linear.h"

namespace cria::model {

struct HeadProjections {
  struct Options {
    int64_t width;
    HeadOptions heads;
    bool may_be_joined;
  };
  struct Heads {
    ml::Tensor queries, keys, values;  // [t, heads, head_dim]
  };

  nn::Linear joined;             // queries, then keys, then values; or none, and
  nn::Linear query, key, value;  // each by itself

  void bind(nn::Weights& w, const Options& o) {
    const int64_t queries = o.heads.query * o.heads.dim, keys = o.heads.key_value * o.heads.dim;
    if (o.may_be_joined) w("attn_qkv", joined, {queries + 2 * keys, o.width}, nn::kOptional);
    if (joined.weight) return;
    w("attn_q", query, {queries, o.width});
    w("attn_k", key, {keys, o.width});
    w("attn_v", value, {keys, o.width});
  }

  Heads operator()(ml::Tensor x, const HeadOptions& o) const {  // [t, width]
    if (!joined.weight) {
      return {query(x).split_last(o.query), key(x).split_last(o.key_value),
              value(x).split_last(o.key_value)};
    }
    const int64_t keys = o.query, values = keys + o.key_value, all = values + o.key_value;
    x = joined(x).split_last(all);
    return {ml::slice(x, 1, 0, keys), ml::slice(x, 1, keys, values), ml::slice(x, 1, values, all)};
  }
};

struct GateAndUp {
  struct Options {
    int64_t experts, width, hidden;
    bool may_be_joined;
  };
  struct Pair {
    ml::Tensor gate, up;  // [t, used, hidden]
  };

  nn::ExpertLinear joined;    // rows of the gate and of what it is for in turn; or none, and
  nn::ExpertLinear gate, up;  // each by itself

  void bind(nn::Weights& w, const Options& o) {
    const ml::Shape both{o.experts, 2 * o.hidden, o.width}, one{o.experts, o.hidden, o.width};
    if (o.may_be_joined) w("ffn_gate_up_exps", joined, both, nn::kOptional);
    if (!joined.weight) w("ffn_gate_exps", gate, one)("ffn_up_exps", up, one);
  }

  Pair operator()(ml::Tensor x, ml::Tensor ids) const {  // [t, width], [t, used]
    if (!joined.weight) return {gate(x, ids), up(x, ids)};
    x = joined(x, ids);
    return {ml::slice(x, -1, 0, x.dim(-1), 2), ml::slice(x, -1, 1, x.dim(-1), 2)};
  }
};

}  // namespace cria::model
