#pragma once
// Blobs of weights: files taken as they are, merged, quantised, or converted from checkpoints.

#include <string>

#include "create/create.h"
#include "registry/blobs.h"

namespace cria::create {

// Errors are as of create().
class Weights {
 public:
  Weights(const registry::Store& store, const Options& options)
      : blobs_(store.blobs()), options_(options) {}

  // Of a GGUF file, which becomes one file if it is split, and another type if `preset` is not
  // empty.
  registry::Blob of_file(const std::string& path, const std::string& preset) const;
  // Of a checkpoint's folder.
  registry::Blob of_checkpoint(const std::string& folder, const std::string& preset) const;
  // Of a PEFT adapter's folder; `base` is the folder of its model, or empty: what it names itself.
  registry::Blob of_adapter(const std::string& folder, const std::string& base) const;

 private:
  void tell(const std::string& status) const;
  bool show(const std::string& status, uint64_t done, uint64_t total) const;
  registry::Blob adopt(const std::string& path) const;
  template <class Write>
  registry::Blob written(const std::string& about, Write write) const;

  registry::Blobs blobs_;
  const Options& options_;
};

}  // namespace cria::create
