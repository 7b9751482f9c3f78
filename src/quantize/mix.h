#pragma once
// Which type each matrix of a model gets. The mixes are those of llama.cpp's presets, so that files
// of one name are of one size and one kind.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fs/gguf/write.h"
#include "quantize/presets.h"

namespace cria::quantize {

// What mixes depend on besides a matrix's name.
struct ModelFacts {
  std::string architecture;
  int64_t blocks = 0;
  int64_t experts = 0;          // of a layer; 0: none
  int64_t heads_per_value = 1;  // that share a value head
  int64_t value_matrices = 0;   // attn_v and its kin
  bool has_output = false;      // else the embeddings are the output matrix too
  bool has_importance = false;  // an importance matrix is used
};
ModelFacts facts_of(const gguf::Writer& file);

// Whether a preset changes the tensor's type at all: matrices of linear layers, and embeddings.
// Vectors, norms, routers, positions and the like stay as they are.
bool is_quantizable(const gguf::OutputTensor& tensor);

// The type that the preset has for a quantizable tensor. `value_index` counts the matrices
// attn_v of layers before.
ml::DType type_in_mix(const Preset& preset, const ModelFacts& facts,
                      const gguf::OutputTensor& tensor, int64_t value_index);

// Indices of a file's tensors, those of earlier layers first.
std::vector<size_t> in_order_of_layers(const gguf::Writer& file);

// The nearest type for rows that are no multiple of the type's block: F16 when nothing else fits.
ml::DType fitting_type(ml::DType type, int64_t row);

}  // namespace cria::quantize
