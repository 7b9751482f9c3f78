#pragma once
// `cria convert`: from a Hugging Face checkpoint or a PEFT adapter to a GGUF file.

#include <cstdint>
#include <string>

namespace cria::cmd {

struct ConvertOptions {
  std::string folder;
  std::string output;
  std::string type = "auto";  // or a preset of quantize
  std::string layers;         // .json to write for scripts/reference.py; empty: none
  std::string pre;            // name of the pre-tokenizer; empty: recognised
  std::string base;           // of an adapter: folder of its model; empty: as it says itself
  uint64_t part_bytes = 0;    // of tensors in each file of several; 0: one file
  bool force = false;         // replace the output
};

int convert(const ConvertOptions& options);

}  // namespace cria::cmd
