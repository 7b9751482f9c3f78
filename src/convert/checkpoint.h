#pragma once
// All tensors of a checkpoint's folder, from safetensors or PyTorch files, in one or many, mapped
// into memory.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "convert/folder.h"

namespace cria::convert {

struct StoredTensor {
  std::string name;
  std::string dtype;  // "F32", "F16", "BF16", "I64", ... as safetensors names them
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;     // in elements; empty when they follow from the shape
  std::span<const std::byte> data;  // at any address
};

// Bytes of an element of a dtype; 0 when it has no whole number of them or is unknown.
size_t element_bytes(std::string_view dtype);

class Source;
using SourcePtr = std::shared_ptr<const Source>;

class Checkpoint {
 public:
  // model.safetensors, model-*.safetensors or what model.safetensors.index.json names; else
  // pytorch_model*.bin likewise; else consolidated*.pth. NotFound: none of them, or a shard is
  // missing; Corrupt and Unsupported as of the readers, and when a name is there twice or lies in
  // another shard than the index says.
  static std::unique_ptr<Checkpoint> open(const Folder& folder);
  // The same of adapter_model.safetensors or adapter_model.bin, under the names that they have
  // there.
  static std::unique_ptr<Checkpoint> open_adapter(const Folder& folder);
  virtual ~Checkpoint() = default;

  virtual const std::vector<StoredTensor>& tensors() const = 0;  // by name
  virtual const std::vector<std::string>& files() const = 0;     // that they come from
  const StoredTensor* find(std::string_view name) const;         // null when absent

  // What a conversion reads of a tensor.
  virtual SourcePtr source(const StoredTensor& tensor) const;
  // Its tensors are what is added to those of a model, and only to some of them.
  virtual bool is_adapter() const { return false; }
};

}  // namespace cria::convert
