// GPT-2, whose matrices are kept with their inputs as rows.
// Reference: transformers/models/gpt2.

#include "convert/architecture.h"
#include "convert/decoder.h"

namespace cria::convert {
namespace {

// Fields of training, and of heads that are not for text.
void ignore_fields(const Config& c) {
  c.ignore({"attn_pdrop", "embd_pdrop", "resid_pdrop", "n_ctx", "reorder_and_upcast_attn",
            "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type",
            "summary_use_proj"});
}

void write_sizes(Conversion& c) {
  const Config& config = c.config();
  const int64_t width = config.dim("n_embd", 768), heads = config.dim("n_head", 12);
  if (width % heads != 0) {
    config.corrupt("n_embd", "is ", width, ", expected a multiple of n_head, which is ", heads);
  }
  const int64_t layers = config.dim("n_layer", 12);
  c.check_count("n_layer", layers);
  c.architecture("gpt2");
  c.set_count("vocab_size", config.dim("vocab_size", 50257));
  c.set_count("context_length", config.dim("n_positions", 1024));
  c.set_count("embedding_length", width);
  c.set_count("block_count", layers);
  c.set_count("feed_forward_length", config.dim("n_inner", 4 * width));
  c.set_count("attention.head_count", heads);
  c.set("attention.layer_norm_epsilon",
        static_cast<float>(config.positive("layer_norm_epsilon", 1e-5)));
  if (!config.flag("scale_attn_weights", true)) c.set("attention.scale", 1.f);
  if (config.flag("scale_attn_by_inverse_layer_idx", false)) {
    c.set("attention.scale_by_layer", true);
  }
}

void convert_gpt2(Conversion& c) {
  read_common_fields(c);
  ignore_fields(c.config());
  write_sizes(c);
  write_activation(c, {"activation_function", "gelu_pytorch_tanh", true});
  // The first files have names without this, and masks among the weights.
  const std::string prefix = c.has_any_of("wte.") || c.has_any_of("h.") ? "" : "transformer.";
  c.ignore(".attn.bias");
  c.ignore(".attn.masked_bias");
  c.linear("token_embd", prefix + "wte");
  c.linear("position_embd", prefix + "wpe");
  c.linear("output_norm", prefix + "ln_f", true);
  c.output(c.config().flag("tie_word_embeddings", true));
  const auto turned = [](const SourcePtr& source) {
    return source && source->shape().size() == 2 ? with_inputs_as_columns(source) : source;
  };
  for (int64_t i = 0; i < c.config().dim("n_layer", 12); ++i) {
    const Layer layer = c.layer(i, prefix + "h");
    layer.linear("attn_norm", "ln_1", true);
    layer.linear("attn_qkv", "attn.c_attn", true, turned);
    layer.linear("attn_output", "attn.c_proj", true, turned);
    layer.linear("ffn_norm", "ln_2", true);
    layer.linear("ffn_up", "mlp.c_fc", true, turned);
    layer.linear("ffn_down", "mlp.c_proj", true, turned);
  }
}

const Registration kRegistered{"GPT2LMHeadModel", convert_gpt2};

}  // namespace
}  // namespace cria::convert
