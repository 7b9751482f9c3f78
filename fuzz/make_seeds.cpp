// Writes a few small well-formed files, from which the fuzzers start: make_fuzz_seeds FOLDER.
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "fs/safetensors/write.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/pytorch_builder.h"

namespace cria {
namespace {

void write_gguf_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  test::GgufBuilder().write(folder / "empty.gguf");
  test::GgufBuilder()
      .metadata("u8", uint8_t{1})
      .metadata("i8", int8_t{-1})
      .metadata("u16", uint16_t{2})
      .metadata("i16", int16_t{-2})
      .metadata("u32", uint32_t{3})
      .metadata("i32", int32_t{-3})
      .metadata("f32", 0.5f)
      .metadata("bool", true)
      .metadata("text", "abc")
      .metadata("u64", uint64_t{4})
      .metadata("i64", int64_t{-4})
      .metadata("f64", 0.25)
      .write(folder / "scalars.gguf");
  test::GgufBuilder()
      .metadata("tokens", std::vector<std::string>{"<s>", "", "a"})
      .metadata("scores", std::vector<float>{0, -1, -2})
      .metadata("types", std::vector<int32_t>{3, 1, 1})
      .metadata("flags", std::vector<bool>{true, false})
      .metadata("split.count", uint16_t{1})
      .metadata("split.no", uint16_t{0})
      .write(folder / "arrays.gguf");
  test::GgufBuilder()
      .version(2)
      .alignment(64)
      .tensor("norm", {4}, {1, 2, 3, 4})
      .tensor("scale", {}, {1})
      .tensor("weight", 2, {2, 64}, std::vector<std::byte>(72))
      .write(folder / "tensors.gguf");
}

// A llama of one block, its matrices of the given type.
void write_model(const std::filesystem::path& path, uint32_t type, size_t bytes_of_32) {
  constexpr uint64_t kWidth = 32, kVocabulary = 2, kHeads = 2;
  test::GgufBuilder file;
  file.metadata("general.architecture", "llama")
      .metadata("llama.vocab_size", uint32_t{kVocabulary})
      .metadata("llama.embedding_length", uint32_t{kWidth})
      .metadata("llama.feed_forward_length", uint32_t{kWidth})
      .metadata("llama.block_count", uint32_t{1})
      .metadata("llama.attention.head_count", uint32_t{kHeads})
      .metadata("llama.attention.layer_norm_rms_epsilon", 1e-5f)
      .metadata("llama.rope.freq_base", 1e4f);
  const auto matrix = [&](const char* name, uint64_t rows) {
    const std::vector<std::byte> data(rows * kWidth / 32 * bytes_of_32);
    file.tensor(name, type, {rows, kWidth}, data);
  };
  const auto norm = [&](const char* name) {
    file.tensor(name, {kWidth}, std::vector<float>(kWidth, 1.f));
  };
  matrix("token_embd.weight", kVocabulary);
  norm("blk.0.attn_norm.weight");
  norm("blk.0.ffn_norm.weight");
  norm("output_norm.weight");
  for (const char* name : {"blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight",
                           "blk.0.attn_output.weight", "blk.0.ffn_gate.weight",
                           "blk.0.ffn_up.weight", "blk.0.ffn_down.weight"}) {
    matrix(name, kWidth);
  }
  file.write(path);
}

void write_model_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write_model(folder / "q4_0.gguf", 2, 18);
  write_model(folder / "q8_0.gguf", 8, 34);
  write_model(folder / "f16.gguf", 1, 64);
}

void write_pytorch_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::vector<std::byte> bytes = test::PytorchBuilder()
                                           .tensor<float>("a", "Float", {2, 2}, {1, 2, 3, 4})
                                           .tensor<uint16_t>("b", "Half", {2}, {0x3c00, 0})
                                           .view("c", "Float", "0", 1, {2}, {2})
                                           .bytes();
  std::ofstream out(folder / "tensors.bin", std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write into " + folder.string());
}

void write_safetensors_seeds(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const std::vector<float> values = {1, 2, 3, 4, 5, 6};
  const safetensors::Output outputs[] = {
      {"a", {2, 3}, values}, {"b", {}, std::span(values).first(1)}, {"c", {0}, {}}};
  safetensors::write(folder / "tensors.safetensors", outputs, {{"format", "pt"}});
  safetensors::write(folder / "empty.safetensors", {}, {});
}

}  // namespace
}  // namespace cria

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: make_fuzz_seeds FOLDER\n");
    return 2;
  }
  try {
    const std::filesystem::path folder = arguments[1];
    cria::write_gguf_seeds(folder / "gguf");
    cria::write_model_seeds(folder / "model_load");
    cria::write_pytorch_seeds(folder / "pytorch");
    cria::write_safetensors_seeds(folder / "safetensors");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "make_fuzz_seeds: %s\n", e.what());
    return 1;
  }
  return 0;
}
