#pragma once
// A tiny Llama checkpoint of our own making: every number of a tensor is its place, so that
// rearrangements show.

#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "convert/convert.h"
#include "fs/safetensors/write.h"
#include "tests/support/pytorch_builder.h"
#include "tests/support/temporary_folder.h"

namespace cria::convert::test {

using Json = nlohmann::json;

struct TestTensor {
  std::vector<int64_t> shape;
  std::vector<float> values;
};

inline TestTensor counting(std::vector<int64_t> shape, float start = 0) {
  size_t count = 1;
  for (const int64_t dim : shape) count *= static_cast<size_t>(dim);
  TestTensor tensor{std::move(shape), std::vector<float>(count)};
  std::iota(tensor.values.begin(), tensor.values.end(), start);
  return tensor;
}

class TestCheckpoint {
 public:
  TestCheckpoint() {
    config = {{"architectures", {"LlamaForCausalLM"}},
              {"hidden_act", "silu"},
              {"hidden_size", 8},
              {"intermediate_size", 12},
              {"max_position_embeddings", 64},
              {"num_attention_heads", 2},
              {"num_hidden_layers", 1},
              {"num_key_value_heads", 1},
              {"rms_norm_eps", 1e-5},
              {"rope_theta", 5000},
              {"vocab_size", 8},
              {"eos_token_id", 5}};
    tokenizer = {{"added_tokens",
                  {{{"id", 5}, {"content", "<|end|>"}, {"special", true}},
                   {{"id", 6}, {"content", "<tool>"}, {"special", false}}}},
                 {"pre_tokenizer",
                  {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
                 {"model",
                  {{"type", "BPE"},
                   {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}, {"c", 3}}},
                   {"merges", {"a b"}}}}};
    const std::string layer = "model.layers.0.";
    tensors = {{"model.embed_tokens.weight", counting({8, 8})},
               {"model.norm.weight", counting({8})},
               {"lm_head.weight", counting({8, 8}, 100)},
               {layer + "input_layernorm.weight", counting({8})},
               {layer + "post_attention_layernorm.weight", counting({8})},
               {layer + "self_attn.q_proj.weight", counting({8, 8})},
               {layer + "self_attn.k_proj.weight", counting({4, 8})},
               {layer + "self_attn.v_proj.weight", counting({4, 8})},
               {layer + "self_attn.o_proj.weight", counting({8, 8})},
               {layer + "mlp.gate_proj.weight", counting({12, 8})},
               {layer + "mlp.up_proj.weight", counting({12, 8})},
               {layer + "mlp.down_proj.weight", counting({8, 12})}};
  }

  // In a folder of its own.
  void write() const {
    write_tokenizer();
    write_weights("model.safetensors", tensors);
  }
  void write_tokenizer() const {
    folder.write("config.json", config.dump());
    folder.write("tokenizer.json", tokenizer.dump());
  }
  void write_weights(const std::string& name, const std::map<std::string, TestTensor>& some) const {
    std::vector<safetensors::Output> outputs;
    for (const auto& [key, tensor] : some) outputs.push_back({key, tensor.shape, tensor.values});
    safetensors::write(folder.file(name), outputs, {});
  }
  void write_pytorch(const std::string& name) const {
    cria::test::PytorchBuilder builder;
    for (const auto& [key, tensor] : tensors) {
      builder.tensor<float>(key, "Float", tensor.shape, tensor.values);
    }
    folder.write(name, std::span<const std::byte>(builder.bytes()));
  }

  std::string output() const { return folder.file("out.gguf"); }
  std::string path() const { return folder.path().string(); }
  std::unique_ptr<gguf::File> convert(Options options = {}) const {
    if (!options.notice)
      options.notice = [this](const std::string& text) { notices.push_back(text); };
    convert::convert(path(), output(), options);
    return gguf::File::open(output());
  }

  cria::test::TemporaryFolder folder;
  Json config, tokenizer;
  std::map<std::string, TestTensor> tensors;
  mutable std::vector<std::string> notices;
};

inline const gguf::TensorInfo& find(const gguf::File& file, const std::string& name) {
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    if (tensor.name == name) return tensor;
  }
  throw std::runtime_error("no tensor " + name);
}

template <class T = float>
std::vector<T> values(const gguf::TensorInfo& tensor) {
  std::vector<T> out(tensor.data.size() / sizeof(T));
  std::memcpy(out.data(), tensor.data.data(), tensor.data.size());
  return out;
}

}  // namespace cria::convert::test
