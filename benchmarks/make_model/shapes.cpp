#include "make_model/shapes.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace cria::benchmarks {

std::span<const ModelShape> model_shapes() {
  static const std::vector<ModelShape> kShapes = {
      {.name = "smollm2-135m",
       .architecture = "llama",
       .tied = true,
       .sizes = {{"vocab_size", 49152},
                 {"context_length", 8192},
                 {"embedding_length", 576},
                 {"block_count", 30},
                 {"feed_forward_length", 1536},
                 {"attention.head_count", 9},
                 {"attention.head_count_kv", 3},
                 {"rope.dimension_count", 64}},
       .reals = {{"attention.layer_norm_rms_epsilon", 1e-5f}, {"rope.freq_base", 100000}}},
      {.name = "tinyllama-1.1b",
       .architecture = "llama",
       .sizes = {{"vocab_size", 32000},
                 {"context_length", 8192},
                 {"embedding_length", 2048},
                 {"block_count", 22},
                 {"feed_forward_length", 5632},
                 {"attention.head_count", 32},
                 {"attention.head_count_kv", 4},
                 {"rope.dimension_count", 64}},
       .reals = {{"attention.layer_norm_rms_epsilon", 1e-5f}, {"rope.freq_base", 10000}}},
      {.name = "llama-3.2-1b",
       .architecture = "llama",
       .tied = true,
       .sizes = {{"vocab_size", 128256},
                 {"context_length", 131072},
                 {"embedding_length", 2048},
                 {"block_count", 16},
                 {"feed_forward_length", 8192},
                 {"attention.head_count", 32},
                 {"attention.head_count_kv", 8},
                 {"rope.dimension_count", 64}},
       .reals = {{"attention.layer_norm_rms_epsilon", 1e-5f}, {"rope.freq_base", 500000}}},
      {.name = "qwen2.5-0.5b",
       .architecture = "qwen2",
       .tied = true,
       .sizes = {{"vocab_size", 151936},
                 {"context_length", 32768},
                 {"embedding_length", 896},
                 {"block_count", 24},
                 {"feed_forward_length", 4864},
                 {"attention.head_count", 14},
                 {"attention.head_count_kv", 2}},
       .reals = {{"attention.layer_norm_rms_epsilon", 1e-6f}, {"rope.freq_base", 1000000}}},
      // Qwen3-30B-A3B with a quarter of its experts and layers: what a token costs is in
      // proportion.
      {.name = "qwen3-moe",
       .architecture = "qwen3moe",
       .sizes = {{"vocab_size", 151936},
                 {"context_length", 32768},
                 {"embedding_length", 2048},
                 {"block_count", 12},
                 {"feed_forward_length", 6144},
                 {"expert_feed_forward_length", 768},
                 {"expert_count", 32},
                 {"expert_used_count", 8},
                 {"attention.head_count", 32},
                 {"attention.head_count_kv", 4},
                 {"attention.key_length", 128},
                 {"attention.value_length", 128}},
       .reals = {{"attention.layer_norm_rms_epsilon", 1e-6f}, {"rope.freq_base", 1000000}}},
  };
  return kShapes;
}

const ModelShape& find_model_shape(std::string_view name) {
  std::string names;
  for (const ModelShape& shape : model_shapes()) {
    if (shape.name == name) return shape;
    names += concat(names.empty() ? "" : ", ", shape.name);
  }
  fail(Error::Code::kInvalidArgument, "shape \"", name, "\", expected one of ", names);
}

namespace {

template <class Value>
std::optional<Value> find(const std::map<std::string, Value>& values, const std::string& key,
                          std::string_view architecture) {
  const std::string prefix = concat(architecture, '.');
  const auto found = values.find(key.starts_with(prefix) ? key.substr(prefix.size()) : key);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<std::vector<int64_t>> ShapeConfig::find_integers(const std::string& key) const {
  const std::optional<int64_t> size = find(shape_.sizes, key, shape_.architecture);
  return size ? std::optional(std::vector{*size}) : std::nullopt;
}

std::optional<double> ShapeConfig::find_real(const std::string& key) const {
  return find(shape_.reals, key, shape_.architecture);
}

}  // namespace cria::benchmarks
