#pragma once
// A tiny one of each architecture, and of each way in which it may be configured. A new
// architecture gets a row here, and with it all tests of this folder.

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/map_config.h"

namespace cria::model {

struct TestConfig {
  std::string name;  // of letters, digits and _
  MapConfig config;
};

inline void PrintTo(const TestConfig& config, std::ostream* out) { *out << config.name; }

inline MapConfig decoder(const std::string& architecture) {
  return {architecture,
          {{"vocab_size", 97},
           {"embedding_length", 64},
           {"feed_forward_length", 96},
           {"block_count", 3},
           {"attention.head_count", 4},
           {"attention.head_count_kv", 2},
           {"attention.layer_norm_rms_epsilon", 1e-5},
           {"rope.freq_base", 10000}}};
}

// Positions up to 64 are four times as many as it was trained with.
inline MapConfig with_yarn(const MapConfig& config) {
  return config.with_text("rope.scaling.type", "yarn")
      .with("rope.scaling.factor", 4)
      .with("rope.scaling.original_context_length", 16)
      .with("rope.scaling.beta_fast", 2)
      .with("rope.scaling.beta_slow", 0.5);
}

inline MapConfig sparse(const MapConfig& config) {
  return config.without("feed_forward_length")
      .with("expert_count", 6)
      .with("expert_used_count", 2)
      .with("expert_feed_forward_length", 32);
}

// Caps that scores and logits of these sizes come near to.
inline MapConfig capped(const MapConfig& config) {
  return config.with("attn_logit_softcapping", 2).with("final_logit_softcapping", 3);
}

inline MapConfig with_layer_norm(const MapConfig& config) {
  return config.without("attention.layer_norm_rms_epsilon")
      .with("attention.layer_norm_epsilon", 1e-5);
}

inline MapConfig gpt2() {
  return with_layer_norm(decoder("gpt2")).without("rope.freq_base").with("context_length", 64);
}

// Convolutions at both ends, attention between.
inline MapConfig lfm2() {
  return decoder("lfm2").with("attention.head_count_kv", {0, 2, 0}).with("shortconv.l_cache", 3);
}

inline MapConfig encoder(const std::string& architecture) {
  return {architecture,
          {{"vocab_size", 97},
           {"context_length", 48},
           {"embedding_length", 64},
           {"feed_forward_length", 96},
           {"block_count", 3},
           {"attention.head_count", 4},
           {"attention.layer_norm_epsilon", 1e-6},
           {"tokenizer.ggml.token_type_count", 2}}};
}

inline MapConfig latent(const MapConfig& config) {
  return config.with("attention.head_count_kv", 1)
      .with("attention.kv_lora_rank", 32)
      .with("attention.key_length_mla", 24)
      .with("attention.value_length_mla", 16)
      .with("rope.dimension_count", 8)
      .with("leading_dense_block_count", 1)
      .with("expert_count", 6)
      .with("expert_used_count", 2)
      .with("expert_shared_count", 2)
      .with("expert_feed_forward_length", 32);
}

// Those that continue texts.
inline const std::vector<TestConfig>& test_configs() {
  static const std::vector<TestConfig> configs = {
      {"llama", decoder("llama")},
      {"llama_with_a_window", decoder("llama").with("attention.sliding_window", 7)},
      {"llama_with_linear_scaling", decoder("llama").with("rope.scaling.factor", 4)},
      {"llama_with_yarn", with_yarn(decoder("llama"))},
      {"llama_with_large_heads_half_rotated",
       decoder("llama").with("attention.key_length", 24).with("rope.dimension_count", 12)},
      {"llama_with_lists", decoder("llama")
                               .with("attention.head_count", {4, 4, 4})
                               .with("attention.head_count_kv", {1, 1, 1})
                               .with("feed_forward_length", {96, 96, 96})},
      {"qwen2", decoder("qwen2")},
      {"qwen2_with_yarn", with_yarn(decoder("qwen2"))},
      {"qwen3", decoder("qwen3").with("attention.key_length", 32)},
      {"qwen3_with_yarn", with_yarn(decoder("qwen3").with("attention.key_length", 32))},
      {"qwen3moe", sparse(decoder("qwen3moe").with("attention.key_length", 32))},
      {"qwen3moe_not_renormalised", sparse(decoder("qwen3moe"))
                                        .with("expert_used_count", 5)
                                        .with_flag("norm_top_k_prob", false)},
      {"gemma", decoder("gemma").with("attention.key_length", 32)},
      {"gemma2", capped(decoder("gemma2").with("attention.sliding_window", 7))},
      {"gemma2_without_caps", decoder("gemma2")
                                  .with("attn_logit_softcapping", 0)
                                  .with("final_logit_softcapping", 0)
                                  .with("attention.scale", 0.2)},
      {"gemma3", decoder("gemma3")
                     .with("attention.sliding_window", 7)
                     .with("attention.sliding_window_pattern", 2)
                     .with("attention.key_length", 32)
                     .with("rope.freq_base_swa", 1000)},
      {"gemma3_with_a_cap",
       decoder("gemma3").with("final_logit_softcapping", 3).with_text("hidden_activation", "gelu")},
      {"phi3", decoder("phi3").with("attention.sliding_window", 7)},
      {"phi3_with_longrope", decoder("phi3")
                                 .with("rope.dimension_count", 12)
                                 .with("rope.scaling.original_context_length", 32)
                                 .with("rope.scaling.attn_factor", 1.2)
                                 .with_text("rope.scaling.type", "longrope")},
      {"cohere2", with_layer_norm(decoder("cohere2"))
                      .with("attention.sliding_window", 7)
                      .with("attention.sliding_window_pattern", {1, 0, 1})
                      .with("logit_scale", 0.25)},
      {"stablelm", with_layer_norm(decoder("stablelm")).with("rope.dimension_count", 4)},
      {"starcoder2", with_layer_norm(decoder("starcoder2")).with("attention.sliding_window", 7)},
      {"gpt2", gpt2().without("attention.head_count_kv")},
      {"gpt2_scaled_by_layer",
       gpt2().with("attention.scale", 0.5).with_flag("attention.scale_by_layer", true)},
      {"lfm2", lfm2()},
      {"lfm2_of_convolutions_alone", lfm2().with("attention.head_count_kv", {0, 0, 0})},
      {"lfm2_that_ends_with_attention",
       lfm2().with("attention.head_count_kv", {0, 4, 4}).with("shortconv.l_cache", 5)},
      {"mixtral", decoder("llama")
                      .with("expert_count", 6)
                      .with("expert_used_count", 2)
                      .with("attention.sliding_window", 7)},
      {"qwen2moe", sparse(decoder("qwen2moe")).with("expert_shared_feed_forward_length", 48)},
      {"qwen2moe_renormalised", sparse(decoder("qwen2moe"))
                                    .with("expert_shared_feed_forward_length", 48)
                                    .with_flag("expert_weights_norm", true)},
      {"granite", decoder("granite")
                      .with("embedding_scale", 12)
                      .with("attention.scale", 0.1)
                      .with("residual_scale", 0.22)
                      .with("logit_scale", 8)},
      {"olmo2", decoder("olmo2")},
      {"olmo2_with_windows_and_yarn", with_yarn(decoder("olmo2"))
                                          .with("attention.sliding_window", 7)
                                          .with("attention.sliding_window_pattern", {1, 0, 1})},
      {"smollm3", decoder("smollm3").with("block_count", 4)},
      {"smollm3_with_windows", decoder("smollm3")
                                   .with("rope.layer_pattern", {1, 0, 1})
                                   .with("attention.sliding_window", 7)
                                   .with("attention.sliding_window_pattern", {0, 1, 0})},
      {"glm4", decoder("glm4").with("rope.dimension_count", 8)},
      {"gptoss", sparse(with_yarn(decoder("gpt-oss")))
                     .with("attention.key_length", 32)
                     .with("attention.sliding_window", 7)},
      {"deepseek2", latent(decoder("deepseek2"))
                        .with("attention.q_lora_rank", 32)
                        .with("expert_gating_func", 2)
                        .with("expert_weights_scale", 2.5)
                        .with("expert_group_count", 3)
                        .with("expert_group_used_count", 2)
                        .with_flag("expert_weights_norm", true)},
      {"deepseek2_with_softmax_and_yarn", with_yarn(latent(decoder("deepseek2")))
                                              .with("rope.scaling.yarn_log_multiplier", 0.0707)
                                              .with("expert_group_count", 2)},
  };
  return configs;
}

// Those that read them as a whole.
inline const std::vector<TestConfig>& encoder_configs() {
  static const std::vector<TestConfig> configs = {
      {"bert", encoder("bert")},
      {"bert_with_another_activation", encoder("bert").with_text("hidden_activation", "relu")},
      {"bert_with_a_classifier", encoder("bert").with("pooling_type", 4)},
  };
  return configs;
}

inline std::vector<TestConfig> all_configs() {
  std::vector<TestConfig> all = test_configs();
  all.insert(all.end(), encoder_configs().begin(), encoder_configs().end());
  return all;
}

}  // namespace cria::model
