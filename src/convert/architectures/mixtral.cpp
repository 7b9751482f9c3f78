// Mixtral 8x7B and 8x22B: Mistral's layers with a mixture of experts.
// Reference: transformers/models/mixtral.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/experts.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

void convert_mixtral(Conversion& c) {
  const Decoder d = write_decoder(c, "llama", {.context = 4096 * 32, .kv_heads = 8});
  write_rope(c, d, {.frequencies = RopeFrequencies::kInFile, .base = 1e6});
  const Experts experts = write_experts(c);
  c.config().ignore({"router_jitter_noise"});  // of training
  write_ends(c);
  const int64_t window = c.config().count("sliding_window", 0);
  if (effective_window(d, window) > 0) c.set_count("attention.sliding_window", window);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", false,
                 [&](const SourcePtr& q) { return adjacent_pairs(q, d.heads); });
    layer.linear("attn_k", "self_attn.k_proj", false,
                 [&](const SourcePtr& k) { return adjacent_pairs(k, d.kv_heads); });
    layer.linear("attn_v", "self_attn.v_proj");
    layer.linear("attn_output", "self_attn.o_proj");
    layer.linear("ffn_norm", "post_attention_layernorm");
    layer.tensor("ffn_gate_inp.weight", layer.take("block_sparse_moe.gate.weight"),
                 Conversion::Precision::kF32);
    write_expert_weights(layer, experts, "block_sparse_moe.experts",
                         {.gate = "w1", .up = "w3", .down = "w2"});
  }
}

const Registration kRegistered{"MixtralForCausalLM", convert_mixtral};

}  // namespace
}  // namespace cria::convert
