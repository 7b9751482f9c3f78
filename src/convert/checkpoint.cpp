#include "convert/checkpoint.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/problems.h"
#include "base/quote.h"
#include "convert/shards.h"
#include "convert/source.h"
#include "fs/pytorch/pytorch.h"
#include "fs/safetensors/safetensors.h"

namespace cria::convert {
namespace {

class OpenCheckpoint final : public Checkpoint {
 public:
  OpenCheckpoint(const Folder& folder, Shards shards) : shards_(std::move(shards)) {
    for (const std::string& name : shards_.files) {
      files_.push_back(folder.file(name));
      if (shards_.kind == FileKind::kSafetensors) {
        take(name, safetensors_.emplace_back(safetensors::File::open(files_.back()))->tensors());
      } else {
        take(name, pytorch_.emplace_back(pytorch::File::open(files_.back()))->tensors());
      }
    }
    check_index();
    std::ranges::sort(tensors_, {}, &StoredTensor::name);
    problems_.report(shards_.index.empty() ? folder.path() : shards_.index);
  }

  const std::vector<StoredTensor>& tensors() const override { return tensors_; }
  const std::vector<std::string>& files() const override { return files_; }

 private:
  void take(const std::string& file, const std::vector<safetensors::TensorInfo>& tensors) {
    for (const safetensors::TensorInfo& tensor : tensors) {
      add(file, {tensor.name, tensor.dtype, tensor.shape, {}, tensor.data});
    }
  }
  void take(const std::string& file, const std::vector<pytorch::TensorInfo>& tensors) {
    for (const pytorch::TensorInfo& tensor : tensors) {
      add(file, {tensor.name, tensor.dtype, tensor.shape, tensor.strides, tensor.data});
    }
  }

  void add(const std::string& file, StoredTensor tensor) {
    const auto [other, is_new] = found_.emplace(tensor.name, file);
    if (!is_new) {
      problems_.add("tensor ", quote(tensor.name), " is in ", quote(other->second), " and in ",
                    quote(file));
      return;
    }
    tensors_.push_back(std::move(tensor));
  }

  void check_index() {
    for (const auto& [name, file] : shards_.place) {
      const auto found = found_.find(name);
      if (found == found_.end() || found->second != file) {
        problems_.add("tensor ", quote(name), " is not in ", quote(file));
      }
    }
  }

  Shards shards_;
  std::vector<std::string> files_;
  std::vector<std::unique_ptr<safetensors::File>> safetensors_;
  std::vector<std::unique_ptr<pytorch::File>> pytorch_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::string> found_;  // tensor to file
  Problems problems_;
};

}  // namespace

size_t element_bytes(std::string_view dtype) {
  for (const std::string_view one : {"BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"}) {
    if (dtype == one) return 1;
  }
  for (const std::string_view two : {"F16", "BF16", "I16", "U16"}) {
    if (dtype == two) return 2;
  }
  for (const std::string_view four : {"F32", "I32", "U32"}) {
    if (dtype == four) return 4;
  }
  for (const std::string_view eight : {"F64", "I64", "U64"}) {
    if (dtype == eight) return 8;
  }
  return 0;
}

std::unique_ptr<Checkpoint> Checkpoint::open(const Folder& folder) {
  return std::make_unique<OpenCheckpoint>(folder, find_shards(folder));
}

std::unique_ptr<Checkpoint> Checkpoint::open_adapter(const Folder& folder) {
  return std::make_unique<OpenCheckpoint>(folder, find_adapter_shards(folder));
}

SourcePtr Checkpoint::source(const StoredTensor& tensor) const { return stored(tensor); }

const StoredTensor* Checkpoint::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(tensors(), name, {}, &StoredTensor::name);
  return found == tensors().end() || found->name != name ? nullptr : &*found;
}

}  // namespace cria::convert
