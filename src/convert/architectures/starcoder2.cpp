// StarCoder2.
// Reference: transformers/models/starcoder2.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

void convert_starcoder2(Conversion& c) {
  const Decoder d = write_decoder(c, "starcoder2",
                                  {.context = 4096,
                                   .kv_heads = 2,
                                   .epsilon = layer_norm_epsilon("norm_epsilon"),
                                   .activation = {"hidden_act", "gelu_pytorch_tanh", true}});
  c.config().ignore({"residual_dropout", "embedding_dropout", "rms_norm_eps"});
  // Fields of the first files, which the class does not read.
  c.config().ignore({"activation_function", "layer_norm_epsilon", "mlp_type", "norm_type",
                     "attention_softmax_in_fp32", "scale_attention_softmax_in_fp32",
                     "scale_attn_weights"});
  write_window(c, d, 0);
  write_rope(c, d, RopeFrequencies::kComputed);
  write_ends(c, {.tied = true, .bias = true});
  const bool bias = c.config().flag("use_bias", true);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm", true);
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.linear("ffn_norm", "post_attention_layernorm", true);
    layer.linear("ffn_up", "mlp.c_fc", bias);
    layer.linear("ffn_down", "mlp.c_proj", bias);
  }
}

const Registration kRegistered{"Starcoder2ForCausalLM", convert_starcoder2};

}  // namespace
}  // namespace cria::convert
