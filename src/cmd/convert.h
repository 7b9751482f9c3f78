#pragma once
// `cria convert`: from a Hugging Face checkpoint to a GGUF file.

#include <string>

namespace cria::cmd {

struct ConvertOptions {
  std::string folder;
  std::string output;
  std::string type = "auto";  // or a preset of quantize
  std::string pre;            // name of the pre-tokenizer; empty: recognised
};

int convert(const ConvertOptions& options);

}  // namespace cria::cmd
