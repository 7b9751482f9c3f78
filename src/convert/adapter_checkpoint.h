#pragma once
// The tensors of a PEFT adapter, as a checkpoint of what is added to a model's: the converter of an
// architecture takes them as it takes the model's own.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "convert/adapter_config.h"
#include "convert/checkpoint.h"
#include "convert/source.h"

namespace cria::convert {

class AdapterCheckpoint final : public Checkpoint {
 public:
  // Both outlive it. Corrupt and Unsupported, with all tensors that cannot be used.
  AdapterCheckpoint(const Checkpoint& stored, const AdapterConfig& config);

  const std::vector<StoredTensor>& tensors() const override { return tensors_; }
  const std::vector<std::string>& files() const override { return stored_.files(); }
  SourcePtr source(const StoredTensor& tensor) const override;
  bool is_adapter() const override { return true; }

 private:
  const Checkpoint& stored_;
  std::vector<StoredTensor> tensors_;  // without data
  std::map<std::string, Factors, std::less<>> factors_;
  std::vector<StoredTensor> turned_;  // the tensors of embeddings, which are kept transposed
};

}  // namespace cria::convert
