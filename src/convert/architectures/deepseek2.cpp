// DeepSeek V2, V3 and R1: the matrix that expands latents is split into that of keys, transposed,
// and that of values. Reference: transformers/models/deepseek_v2 and deepseek_v3.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/experts.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

struct Sizes {
  int64_t heads, query_rank, rank, plain, rotated, value;  // plain and rotated: of each key

  explicit Sizes(const Config& c)
      : heads(c.dim("num_attention_heads")),
        query_rank(c.count("q_lora_rank", c.mentions("q_lora_rank") ? 0 : 1536)),
        rank(c.dim("kv_lora_rank", 512)),
        plain(c.dim("qk_nope_head_dim", 128)),
        rotated(c.dim("qk_rope_head_dim", 64)),
        value(c.dim("v_head_dim", 128)) {
    c.ignore({"head_dim", "qk_head_dim"});
    if (c.dim("num_key_value_heads", heads) != heads) {
      c.unsupported("num_key_value_heads", "is not num_attention_heads, expected ", heads);
    }
  }
};

Decoder write_sizes(Conversion& c, const Sizes& s) {
  const Config& config = c.config();
  read_common_fields(c);
  config.ignore({"ep_size", "seq_aux", "aux_loss_alpha", "num_mtp_layers"});  // of training
  const Decoder d{.vocab = config.dim("vocab_size"),
                  .context = config.dim("max_position_embeddings", 2048),
                  .width = config.dim("hidden_size"),
                  .layers = config.dim("num_hidden_layers"),
                  .heads = s.heads,
                  .kv_heads = 1,
                  .head_dim = s.rotated};
  c.check_count("num_hidden_layers", d.layers);
  c.architecture("deepseek2");
  c.set_count("vocab_size", d.vocab);
  c.set_count("context_length", d.context);
  c.set_count("embedding_length", d.width);
  c.set_count("block_count", d.layers);
  c.set_count("feed_forward_length", config.dim("intermediate_size"));
  c.set_count("attention.head_count", s.heads);
  c.set_count("attention.head_count_kv", 1);  // the latent, which all heads share
  c.set_count("attention.key_length", s.rank + s.rotated);
  c.set_count("attention.value_length", s.rank);
  c.set_count("attention.key_length_mla", s.plain + s.rotated);
  c.set_count("attention.value_length_mla", s.value);
  c.set_count("attention.kv_lora_rank", s.rank);
  if (s.query_rank > 0) c.set_count("attention.q_lora_rank", s.query_rank);
  c.set("attention.layer_norm_rms_epsilon",
        static_cast<float>(config.positive("rms_norm_eps", 1e-6)));
  write_activation(c, {});
  write_rope(c, d, {.temperature_of_scores = true});
  return d;
}

Experts write_router(Conversion& c, bool is_v3) {
  const Config& config = c.config();
  const Experts experts = write_experts(c);
  config.expect("scoring_func", is_v3 ? "sigmoid" : "softmax");
  const std::string method = config.text("topk_method", is_v3 ? "noaux_tc" : "greedy");
  if (method != "greedy" && method != (is_v3 ? "noaux_tc" : "group_limited_greedy")) {
    config.unsupported("topk_method", "is \"", method, "\", expected greedy, ",
                       is_v3 ? "noaux_tc" : "group_limited_greedy");
  }
  const bool in_groups = method != "greedy";
  const int64_t groups = config.count("n_group", is_v3 ? 8 : 1);
  const int64_t used = config.count("topk_group", is_v3 ? 4 : 1);
  if (in_groups && groups > 1) {
    c.set_count("expert_group_count", groups);
    c.set_count("expert_group_used_count", used);
  }
  if (!is_v3) config.expect_flag("norm_topk_prob", false);
  if (config.dim("moe_layer_freq", 1) != 1) {
    config.unsupported("moe_layer_freq", "is not 1, expected experts in every layer");
  }
  c.set_count("leading_dense_block_count", config.count("first_k_dense_replace", is_v3 ? 3 : 0));
  c.set_count("expert_feed_forward_length", config.dim("moe_intermediate_size"));
  c.set_count("expert_shared_count", config.count("n_shared_experts", is_v3 ? 1 : 2));
  c.set_count("expert_gating_func", is_v3 ? 2 : 1);
  c.set("expert_weights_norm", is_v3 && config.flag("norm_topk_prob", true));
  c.set("expert_weights_scale",
        static_cast<float>(config.positive("routed_scaling_factor", is_v3 ? 2.5 : 1)));
  return experts;
}

// Halves of what is rotated, which follows `plain` rows of each head, become adjacent pairs.
Change pairs_after(int64_t plain, int64_t rotated, bool adjacent_already) {
  if (adjacent_already) return {};
  return [=](const SourcePtr& source) {
    return permuted(source, [=](int64_t row) {
      const int64_t in_head = row % (plain + rotated), i = in_head - plain;
      return i < 0 ? row : row - i + i / 2 + i % 2 * (rotated / 2);
    });
  };
}

void write_attention(const Layer& layer, const Sizes& s, const Config& config) {
  const bool bias = config.flag("attention_bias", false);
  const bool adjacent = config.flag("rope_interleave", true);
  const Change queries = pairs_after(s.plain, s.rotated, adjacent);
  if (s.query_rank > 0) {
    layer.linear("attn_q_a", "self_attn.q_a_proj", bias);
    layer.linear("attn_q_a_norm", "self_attn.q_a_layernorm");
    layer.linear("attn_q_b", "self_attn.q_b_proj", false, queries);
  } else {
    layer.linear("attn_q", "self_attn.q_proj", false, queries);
  }
  layer.linear("attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa", bias,
               pairs_after(s.rank, s.rotated, adjacent));
  layer.linear("attn_kv_a_norm", "self_attn.kv_a_layernorm");
  const int64_t head = (s.plain + s.value) * s.rank;  // numbers of the matrices of a head
  const SourcePtr both =
      shaped(layer.take("self_attn.kv_b_proj.weight"), {s.heads * (s.plain + s.value), s.rank});
  layer.tensor("attn_k_b.weight", strided(both, {s.heads, s.rank, s.plain}, {head, 1, s.rank}));
  layer.tensor("attn_v_b.weight",
               strided(both, {s.heads, s.value, s.rank}, {head, s.rank, 1}, s.plain * s.rank));
  layer.linear("attn_output", "self_attn.o_proj", bias);
}

void write_mlp(const Layer& layer, const std::string& from, const std::string& suffix) {
  layer.linear("ffn_gate" + suffix, from + ".gate_proj");
  layer.linear("ffn_up" + suffix, from + ".up_proj");
  layer.linear("ffn_down" + suffix, from + ".down_proj");
}

void convert_deepseek(Conversion& c, bool is_v3) {
  const Config& config = c.config();
  const Sizes sizes(config);
  const Decoder d = write_sizes(c, sizes);
  const Experts experts = write_router(c, is_v3);
  config.expect_flag("mlp_bias", false);
  write_ends(c);
  const int64_t dense = config.count("first_k_dense_replace", is_v3 ? 3 : 0);
  const int64_t shared = config.count("n_shared_experts", is_v3 ? 1 : 2);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i);
    layer.linear("attn_norm", "input_layernorm");
    write_attention(layer, sizes, config);
    layer.linear("ffn_norm", "post_attention_layernorm");
    if (i < dense) {
      write_mlp(layer, "mlp", "");
      continue;
    }
    layer.tensor("ffn_gate_inp.weight", layer.take("mlp.gate.weight"), Conversion::Precision::kF32);
    if (is_v3) layer.tensor("exp_probs_b.bias", layer.take("mlp.gate.e_score_correction_bias"));
    write_expert_weights(layer, experts, "mlp.experts");
    if (shared > 0) write_mlp(layer, "mlp.shared_experts", "_shexp");
  }
  // Layers that guess tokens ahead come after the others.
  const int64_t guessing = config.count("num_nextn_predict_layers", 1);
  if (config.has("num_nextn_predict_layers")) c.check_count("num_nextn_predict_layers", guessing);
  for (int64_t i = 0; i < guessing; ++i) {
    c.ignore_all_of(concat("model.layers.", d.layers + i, '.'));
  }
}

const Registration kV2{"DeepseekV2ForCausalLM", [](Conversion& c) { convert_deepseek(c, false); }};
const Registration kV3{"DeepseekV3ForCausalLM", [](Conversion& c) { convert_deepseek(c, true); }};

}  // namespace
}  // namespace cria::convert
