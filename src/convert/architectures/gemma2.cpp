// Gemma 2.
// Reference: transformers/models/gemma2.

#include <cmath>

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

// The class adds 1 to what is stored.
SourcePtr norm(const SourcePtr& weight) { return plus(weight, 1); }

// Null is none, and is written as 0.
void write_cap(Conversion& c, const std::string& key, double fallback) {
  const double cap = c.config().mentions(key) ? c.config().positive(key, 0) : fallback;
  c.set(key, static_cast<float>(cap));
}

void convert_gemma2(Conversion& c) {
  const Decoder d = write_decoder(c, "gemma2",
                                  {.context = 8192,
                                   .kv_heads = 4,
                                   .head_dim = 256,
                                   .activation = {"hidden_activation", "gelu_pytorch_tanh", true}});
  c.config().ignore({"hidden_act"});  // the class does without
  c.config().expect_flag("use_bidirectional_attention", false);
  c.set("attention.scale",
        static_cast<float>(1 / std::sqrt(c.config().positive("query_pre_attn_scalar", 256))));
  write_cap(c, "attn_logit_softcapping", 50);
  write_cap(c, "final_logit_softcapping", 30);
  write_windows(c, d, {.window = 4096, .period = 2});
  write_rope(c, d, RopeFrequencies::kComputed);
  write_ends(c, {.tied = true, .norm = norm});
  const bool bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm", false, norm);
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.linear("post_attention_norm", "post_attention_layernorm", false, norm);
    layer.linear("ffn_norm", "pre_feedforward_layernorm", false, norm);
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
    layer.linear("post_ffw_norm", "post_feedforward_layernorm", false, norm);
  }
}

const Registration kRegistered{"Gemma2ForCausalLM", convert_gemma2};

}  // namespace
}  // namespace cria::convert
