#pragma once
// The config blob of a stored model: what it is, in short, without reading its weights.

#include <string>
#include <string_view>
#include <vector>

#include "fs/gguf/gguf.h"

namespace cria::registry {

struct ModelConfig {
  std::string format;                 // "gguf"
  std::string family;                 // "llama"
  std::vector<std::string> families;  // also those of projectors
  std::string parameter_size;         // "8.0B"
  std::string quantization;           // "Q4_K_M"
  std::string renderer, parser;       // names of what replaces the template
  std::string required;               // version of Ollama that it needs at least
  std::vector<std::string> digests;   // of the layers

  // Corrupt: not a JSON object, or fields of other types.
  static ModelConfig parse(std::string_view text);
  std::string text() const;
};

// What a file says of itself.
ModelConfig describe(const gguf::File& file);

// "135M", "8.0B": as model configs count parameters.
std::string parameter_size(int64_t parameters);

// Of a file: its own name for its mix of types, or else the type that holds the most bytes.
std::string quantization(const gguf::File& file);

}  // namespace cria::registry
