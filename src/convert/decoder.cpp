#include "convert/decoder.h"

#include <algorithm>

#include "base/quote.h"

namespace cria::convert {
namespace {

// Fields that say how a model was or may be trained, stored or run, and not what it computes.
void ignore_common(const Config& c) {
  c.ignore({"architectures",
            "model_type",
            "transformers_version",
            "dtype",
            "torch_dtype",
            "use_cache",
            "initializer_range",
            "attention_dropout",
            "hidden_dropout",
            "pretraining_tp",
            "bos_token_id",
            "eos_token_id",
            "pad_token_id",
            "unk_token_id",
            "sep_token_id",
            "_name_or_path",
            "_attn_implementation_autoset",
            "attn_implementation",
            "auto_map",
            "output_attentions",
            "output_hidden_states",
            "return_dict",
            "torchscript",
            "use_bfloat16",
            "pruned_heads",
            "is_decoder",
            "tie_encoder_decoder",
            "chunk_size_feed_forward",
            "finetuning_task",
            "id2label",
            "label2id",
            "num_labels",
            "problem_type",
            "task_specific_params",
            "tokenizer_class",
            "prefix",
            "unsloth_version",
            "unsloth_fixed",
            "cache_implementation",
            "router_aux_loss_coef",
            "output_router_logits"});
}

void refuse_common(const Conversion& conversion) {
  const Config& c = conversion.config();
  const auto quantization = c.child("quantization_config");
  // What an adapter is added to may be quantised in any way.
  if (quantization && !conversion.checkpoint().is_adapter()) {
    const std::string method = quantization->text("quant_method", "");
    if (method != "fp8" && method != "mxfp4") {
      c.unsupported("quantization_config", "has quant_method ", quote(method),
                    ", expected a checkpoint that is not quantised, or fp8 or mxfp4");
    }
  }
  c.expect_flag("is_encoder_decoder", false);
  c.expect_flag("add_cross_attention", false);
}

int64_t read_dim(const Config& c, std::string_view key, const std::optional<int64_t>& fallback) {
  return fallback ? c.dim(key, *fallback) : c.dim(key);
}

int64_t read_heads(const Config& c, std::string_view key, const std::optional<int64_t>& fallback,
                   int64_t heads) {
  // A null is not the class's default, but none.
  return c.dim(key, c.mentions(key) ? heads : fallback.value_or(heads));
}

Decoder read(const Config& c, const DecoderDefaults& defaults) {
  Decoder d{.vocab = read_dim(c, "vocab_size", defaults.vocab),
            .context = c.dim("max_position_embeddings", defaults.context),
            .width = read_dim(c, "hidden_size", defaults.width),
            .layers = read_dim(c, "num_hidden_layers", defaults.layers),
            .heads = read_dim(c, "num_attention_heads", defaults.heads)};
  d.kv_heads = read_heads(c, "num_key_value_heads", defaults.kv_heads, d.heads);
  if (d.heads % d.kv_heads != 0) {
    c.corrupt("num_attention_heads", "is ", d.heads,
              ", expected a multiple of num_key_value_heads, which is ", d.kv_heads);
  }
  const bool is_given = c.has("head_dim") || (defaults.head_dim && !c.mentions("head_dim"));
  if (!is_given && d.width % d.heads != 0) {
    c.corrupt("hidden_size", "is ", d.width,
              ", expected a multiple of num_attention_heads, which is ", d.heads);
  }
  d.head_dim = read_heads(c, "head_dim", defaults.head_dim, d.width / d.heads);
  if (d.head_dim % 2 != 0) {
    c.corrupt("head_dim", "is ", d.head_dim, ", expected an even number, to be rotated in pairs");
  }
  return d;
}

// One name for each function, of the many that there are.
std::string_view plain_activation(std::string_view name) {
  if (name == "swish") return "silu";
  if (name == "gelu_new" || name == "gelu_fast") return "gelu_pytorch_tanh";
  return name;
}

}  // namespace

void read_common_fields(Conversion& conversion) {
  ignore_common(conversion.config());
  refuse_common(conversion);
  conversion.ignore("rotary_emb.inv_freq");
}

void write_activation(Conversion& conversion, const ActivationField& activation) {
  const Config& c = conversion.config();
  const std::string written = c.text(activation.field, activation.fallback);
  const std::string_view name = plain_activation(written);
  if (name == activation.fallback) return;
  constexpr std::string_view kKnown[] = {"silu", "gelu", "gelu_pytorch_tanh", "quick_gelu", "relu"};
  if (!activation.any || std::ranges::count(kKnown, name) == 0) {
    const std::string only = quote(activation.fallback);
    c.unsupported(activation.field, "is ", quote(written), ", expected ",
                  activation.any ? "silu, gelu, gelu_pytorch_tanh, quick_gelu or relu" : only);
  }
  conversion.set("hidden_activation", std::string(name));
}

Decoder write_decoder(Conversion& conversion, const std::string& architecture,
                      const DecoderDefaults& defaults) {
  const Config& c = conversion.config();
  read_common_fields(conversion);
  const Decoder d = read(c, defaults);
  conversion.check_count("num_hidden_layers", d.layers);
  conversion.architecture(architecture);
  conversion.set_count("vocab_size", d.vocab + defaults.more_tokens);
  conversion.set_count("context_length", d.context);
  conversion.set_count("embedding_length", d.width);
  conversion.set_count("block_count", d.layers);
  conversion.set_count("feed_forward_length", read_dim(c, "intermediate_size", defaults.hidden));
  conversion.set_count("attention.head_count", d.heads);
  conversion.set_count("attention.head_count_kv", d.kv_heads);
  conversion.set_count("attention.key_length", d.head_dim);
  conversion.set_count("attention.value_length", d.head_dim);
  const auto& [field, fallback, key] = defaults.epsilon;
  conversion.set(key, static_cast<float>(c.positive(field, fallback)));
  write_activation(conversion, defaults.activation);
  return d;
}

void write_ends(Conversion& conversion, const Ends& ends) {
  const std::string from = ends.from + "embed_tokens";
  const StoredTensor* embeddings = conversion.checkpoint().find(from + ".weight");
  const int64_t vocab = conversion.vocabulary();
  if (embeddings && !embeddings->shape.empty() && embeddings->shape[0] != vocab) {
    conversion.config().corrupt("vocab_size", "is ", vocab, ", but there are embeddings of ",
                                embeddings->shape[0], " tokens");
  }
  conversion.linear("token_embd", from);
  conversion.linear("output_norm", ends.from + "norm", ends.bias, ends.norm);
  conversion.output(conversion.config().flag("tie_word_embeddings", ends.tied));
}

int64_t effective_window(const Decoder& decoder, int64_t window) {
  return window < decoder.context ? window : 0;
}

}  // namespace cria::convert
