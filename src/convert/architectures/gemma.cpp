// Gemma 1, CodeGemma.
// Reference: transformers/models/gemma.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

// The class adds 1 to what is stored.
SourcePtr norm(const SourcePtr& weight) { return plus(weight, 1); }

void convert_gemma(Conversion& c) {
  // Its first files say "gelu", and the class takes it for the approximation.
  const bool any = c.config().text("hidden_act", "") != "gelu";
  const Decoder d =
      write_decoder(c, "gemma",
                    {.context = 8192,
                     .kv_heads = 16,
                     .head_dim = 256,
                     .activation = {any ? "hidden_act" : "", "gelu_pytorch_tanh", true}});
  c.config().ignore({"hidden_activation"});  // the class does without
  c.config().expect_flag("use_bidirectional_attention", false);
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
    layer.linear("ffn_norm", "post_attention_layernorm", false, norm);
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"GemmaForCausalLM", convert_gemma};

}  // namespace
}  // namespace cria::convert
