// GPT-NeoX: Pythia, Dolly 2, RedPajama-INCITE.
// Reference: transformers/models/gpt_neox.

#include "convert/architecture.h"
#include "convert/decoder.h"
#include "convert/rope.h"

namespace cria::convert {
namespace {

// The class has names of its own, and does not read those of other classes.
double own_field(const Config& c, std::string_view own, std::string_view other, double fallback) {
  const double value = c.positive(own, fallback);
  if (const double unread = c.positive(other, value); unread != value) {
    c.unsupported(other, "is ", unread, ", expected ", own, ", which is ", value);
  }
  return value;
}

// Queries, keys and values of each head become those of all heads.
void write_joined(const Layer& layer, const Decoder& d, bool bias) {
  const auto joined = [&](const char* part, std::vector<int64_t> shape) {
    const SourcePtr source = shaped(layer.take(concat("attention.query_key_value", part)), shape);
    layer.tensor(concat("attn_qkv", part), permuted(source, [=](int64_t row) {
                   const int64_t head = row / d.head_dim;  // first those of queries, then of keys
                   return (head % d.heads * 3 + head / d.heads) * d.head_dim + row % d.head_dim;
                 }));
  };
  joined(".weight", {3 * d.heads * d.head_dim, d.width});
  if (bias) joined(".bias", {3 * d.heads * d.head_dim});
}

void convert_gptneox(Conversion& c) {
  const Decoder d = write_decoder(c, "gptneox",
                                  {.epsilon = layer_norm_epsilon("layer_norm_eps"),
                                   .activation = {"hidden_act", "gelu", true}});
  const Config& config = c.config();
  config.ignore({"classifier_dropout", "attention_probs_dropout_prob", "hidden_dropout_prob"});
  c.set("use_parallel_residual", config.flag("use_parallel_residual", true));
  write_rope(c, d,
             {.frequencies = RopeFrequencies::kInFile,
              .base = own_field(config, "rotary_emb_base", "rope_theta", 10000),
              .partial_factor = own_field(config, "rotary_pct", "partial_rotary_factor", 0.25)});
  c.ignore(".attention.bias");  // masks in the first files
  c.ignore(".attention.masked_bias");
  c.linear("token_embd", "gpt_neox.embed_in");
  c.linear("output_norm", "gpt_neox.final_layer_norm", true);
  // The class calls it lm_head, and its files embed_out.
  const std::string output = c.has("lm_head.weight") ? "lm_head" : "embed_out";
  const bool tied = config.flag("tie_word_embeddings", false) && !c.checkpoint().is_adapter();
  tied ? c.ignore(output + ".weight") : c.linear("output", output);
  const bool bias = config.flag("attention_bias", true);
  for (int64_t i = 0; i < d.layers; ++i) {
    const Layer layer = c.layer(i, "gpt_neox.layers");
    layer.linear("attn_norm", "input_layernorm", true);
    write_joined(layer, d, bias);
    layer.linear("attn_output", "attention.dense", bias);
    layer.linear("ffn_norm", "post_attention_layernorm", true);
    layer.linear("ffn_up", "mlp.dense_h_to_4h", true);
    layer.linear("ffn_down", "mlp.dense_4h_to_h", true);
  }
}

const Registration kRegistered{"GPTNeoXForCausalLM", convert_gptneox};

}  // namespace
}  // namespace cria::convert
