// BERT: encoders that make embeddings, and cross-encoders that score texts.
// Reference: transformers/models/bert.

#include "convert/architecture.h"
#include "convert/decoder.h"

namespace cria::convert {
namespace {

constexpr uint32_t kRank = 4;  // GGUF's number of the pooling that classifiers have

int64_t write_sizes(Conversion& c) {
  const Config& f = c.config();
  read_common_fields(c);
  f.expect("position_embedding_type", "absolute");
  f.expect_flag("is_decoder", false);
  f.ignore({"attention_probs_dropout_prob", "hidden_dropout_prob", "classifier_dropout",
            "gradient_checkpointing", "directionality", "pooler_fc_size",
            "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head",
            "pooler_type", "tie_word_embeddings"});
  const int64_t layers = f.dim("num_hidden_layers", 12);
  c.check_count("num_hidden_layers", layers);
  c.architecture("bert");
  c.set_count("vocab_size", f.dim("vocab_size", 30522));
  c.set_count("context_length", f.dim("max_position_embeddings", 512));
  c.set_count("embedding_length", f.dim("hidden_size", 768));
  c.set_count("block_count", layers);
  c.set_count("feed_forward_length", f.dim("intermediate_size", 3072));
  c.set_count("attention.head_count", f.dim("num_attention_heads", 12));
  c.set("attention.layer_norm_epsilon", static_cast<float>(f.positive("layer_norm_eps", 1e-12)));
  c.set("attention.causal", false);
  write_activation(c, {.fallback = "gelu", .any = true});
  c.file().metadata("tokenizer.ggml.token_type_count",
                    static_cast<uint32_t>(f.dim("type_vocab_size", 2)));
  return layers;
}

// Old checkpoints have TensorFlow's names of a norm's parts.
void norm(Conversion& c, const std::string& name, const std::string& from) {
  if (!c.has(from + ".gamma")) return c.linear(name, from, true);
  c.tensor(name + ".weight", c.take(from + ".gamma"));
  c.tensor(name + ".bias", c.take(from + ".beta"));
}

// All classes have the encoder, some below "bert.".
void write_encoder(Conversion& c) {
  const int64_t layers = write_sizes(c);
  const std::string prefix = c.has_any_of("bert.") ? "bert." : "";
  c.ignore("embeddings.position_ids");
  const std::string embeddings = prefix + "embeddings.";
  c.linear("token_embd", embeddings + "word_embeddings");
  c.linear("position_embd", embeddings + "position_embeddings");
  c.linear("token_types", embeddings + "token_type_embeddings");
  norm(c, "token_embd_norm", embeddings + "LayerNorm");
  for (int64_t i = 0; i < layers; ++i) {
    const std::string to = concat("blk.", i, '.'), from = concat(prefix, "encoder.layer.", i, '.');
    c.linear(to + "attn_q", from + "attention.self.query", true);
    c.linear(to + "attn_k", from + "attention.self.key", true);
    c.linear(to + "attn_v", from + "attention.self.value", true);
    c.linear(to + "attn_output", from + "attention.output.dense", true);
    norm(c, to + "attn_output_norm", from + "attention.output.LayerNorm");
    c.linear(to + "ffn_up", from + "intermediate.dense", true);
    c.linear(to + "ffn_down", from + "output.dense", true);
    norm(c, to + "layer_output_norm", from + "output.LayerNorm");
  }
}

// Without what was there to train it.
void convert_encoder(Conversion& c) {
  write_encoder(c);
  c.ignore("pooler.dense.weight");
  c.ignore("pooler.dense.bias");
  c.ignore_all_of("cls.");
}

std::vector<std::string> read_labels(const Conversion& c) {
  const StoredTensor* classifier = c.checkpoint().find("classifier.weight");
  const int64_t count = classifier && !classifier->shape.empty() ? classifier->shape[0] : 0;
  const auto names = c.config().child("id2label");
  std::vector<std::string> labels;
  for (int64_t i = 0; i < count; ++i) {
    const std::string name = concat("LABEL_", i);
    labels.push_back(names ? names->text(std::to_string(i), name) : name);
  }
  return labels;
}

void convert_classifier(Conversion& c) {
  write_encoder(c);
  c.set("pooling_type", kRank);
  c.set("classifier.output_labels", read_labels(c));
  c.linear("cls", "bert.pooler.dense", true);
  c.linear("cls.output", "classifier", true);
}

const Registration kEncoder{"BertModel", convert_encoder};
const Registration kPretrained{"BertForPreTraining", convert_encoder};
const Registration kMasked{"BertForMaskedLM", convert_encoder};
const Registration kClassifier{"BertForSequenceClassification", convert_classifier};

}  // namespace
}  // namespace cria::convert
