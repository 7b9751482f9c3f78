// Gemma 3, of those with eyes the part that reads text.
// Reference: transformers/models/gemma3.

#include <cmath>

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"
#include "convert/windows.h"

namespace cria::convert {
namespace {

// The class adds 1 to what is stored.
SourcePtr norm(const SourcePtr& weight) { return plus(weight, 1); }

// The rotation of layers with a window is never scaled.
void write_window_rope(Conversion& c) {
  double base = c.config().positive("rope_local_base_freq", 10000);
  const auto all = c.config().child("rope_parameters");
  if (const auto rope = all ? all->child("sliding_attention") : nullptr) {
    rope->expect("rope_type", "default");
    base = rope->positive("rope_theta", base);
  }
  c.set("rope.freq_base_swa", static_cast<float>(base));
}

void convert_text(Conversion& c, const std::string& prefix) {
  const Decoder d = write_decoder(c, "gemma3",
                                  {.context = 131072,
                                   .kv_heads = 4,
                                   .head_dim = 256,
                                   .activation = {"hidden_activation", "gelu_pytorch_tanh", true},
                                   .vocab = 262208,
                                   .width = 2304,
                                   .hidden = 9216,
                                   .layers = 26,
                                   .heads = 8});
  // The class does without.
  c.config().ignore({"hidden_act", "attn_logit_softcapping"});
  c.config().expect_flag("use_bidirectional_attention", false);
  c.set("attention.scale",
        static_cast<float>(1 / std::sqrt(c.config().positive("query_pre_attn_scalar", 256))));
  if (c.config().has("final_logit_softcapping")) {
    c.set("final_logit_softcapping",
          static_cast<float>(c.config().positive("final_logit_softcapping")));
  }
  write_windows(c, d, {.window = 4096, .period = 6});
  write_rope(c, d, {.base = 1e6, .layers = "full_attention"});
  write_window_rope(c);
  write_ends(c, {.tied = true, .norm = norm, .from = prefix});
  const bool bias = c.config().flag("attention_bias", false);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i, prefix + "layers");
    layer.linear("attn_norm", "input_layernorm", false, norm);
    layer.linear("attn_q", "self_attn.q_proj", bias);
    layer.linear("attn_q_norm", "self_attn.q_norm", false, norm);
    layer.linear("attn_k", "self_attn.k_proj", bias);
    layer.linear("attn_k_norm", "self_attn.k_norm", false, norm);
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

void convert_gemma3(Conversion& c) { convert_text(c, "model."); }

// Its names have changed from one version of the class to the next.
void convert_gemma3_with_vision(Conversion& c) {
  c.notice("only the part of the model that reads text is converted, not the one for images");
  for (const char* part : {"vision_tower.", "multi_modal_projector."}) {
    c.ignore_all_of(part);
    c.ignore_all_of(std::string("model.") + part);
  }
  c.config().ignore({"vision_config", "mm_tokens_per_image", "boi_token_index", "eoi_token_index",
                     "image_token_index", "architectures", "model_type", "transformers_version",
                     "torch_dtype", "dtype", "initializer_range"});
  c.config().expect_flag("tie_word_embeddings", true);
  c.enter_config("text_config");
  for (const std::string prefix : {"model.language_model.", "language_model.model."}) {
    if (c.has_any_of(prefix)) return convert_text(c, prefix);
  }
  convert_text(c, "model.");
}

const Registration kText{"Gemma3ForCausalLM", convert_gemma3},
    kVision{"Gemma3ForConditionalGeneration", convert_gemma3_with_vision};

}  // namespace
}  // namespace cria::convert
