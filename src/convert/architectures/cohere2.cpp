// Command R7B, Command A, Aya: Cohere 2.
// Reference: transformers/models/cohere2.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

// Fields of the first files, which the class does not read.
void check_old_fields(const Config& c) {
  c.expect_flag("use_qk_norm", false);
  c.expect_flag("use_parallel_block", true);
  c.expect_flag("use_gated_activation", true);
  c.ignore({"rms_norm_eps", "order_of_interleaved_layers", "rotary_pct", "use_embedding_sharing",
            "use_parallel_embedding", "position_embedding_type", "layer_switch"});
}

void convert_cohere2(Conversion& c) {
  const Decoder d = write_decoder(c, "cohere2",
                                  {.context = 8192,
                                   .epsilon = layer_norm_epsilon("layer_norm_eps"),
                                   .activation = {.any = true}});
  check_old_fields(c.config());
  c.set("logit_scale", static_cast<float>(c.config().positive("logit_scale", 0.0625)));
  write_windows(c, d, {.window = 4096, .period = 4});
  write_rope(c, d, RopeFrequencies::kComputed);
  write_ends(c, {.tied = true});
  const bool bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_v", "self_attn.v_proj", bias);
    layer.linear("attn_output", "self_attn.o_proj", bias);
    layer.linear("ffn_gate", "mlp.gate_proj");
    layer.linear("ffn_up", "mlp.up_proj");
    layer.linear("ffn_down", "mlp.down_proj");
  }
}

const Registration kRegistered{"Cohere2ForCausalLM", convert_cohere2};

}  // namespace
}  // namespace cria::convert
