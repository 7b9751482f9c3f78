#pragma once
// Tiny models, one of each architecture and of each way in which it may be configured. The folder
// of an architecture has them in NAME_test.cpp, and with that all tests of this folder.

#include <algorithm>
#include <initializer_list>
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

inline MapConfig with_layer_norm(const MapConfig& config) {
  return config.without("attention.layer_norm_rms_epsilon")
      .with("attention.layer_norm_epsilon", 1e-5);
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

// In order of their names, whatever order they were registered in.
inline void add(std::vector<TestConfig>& to, std::initializer_list<TestConfig> configs) {
  to.insert(to.end(), configs);
  std::ranges::sort(to, {}, &TestConfig::name);
}

// Those that continue texts.
inline std::vector<TestConfig>& test_configs() {
  static std::vector<TestConfig> configs;
  return configs;
}

// Those that read them as a whole.
inline std::vector<TestConfig>& encoder_configs() {
  static std::vector<TestConfig> configs;
  return configs;
}

inline std::vector<TestConfig> all_configs() {
  std::vector<TestConfig> all = test_configs();
  all.insert(all.end(), encoder_configs().begin(), encoder_configs().end());
  return all;
}

inline const MapConfig& tested(const std::string& name) {
  const std::vector<TestConfig>& all = test_configs();
  return std::ranges::find(all, name, &TestConfig::name)->config;
}

// const TestedDecoders kTested{{"llama", decoder("llama")}};
struct TestedDecoders {
  TestedDecoders(std::initializer_list<TestConfig> configs) { add(test_configs(), configs); }
};
struct TestedEncoders {
  TestedEncoders(std::initializer_list<TestConfig> configs) { add(encoder_configs(), configs); }
};

}  // namespace cria::model
