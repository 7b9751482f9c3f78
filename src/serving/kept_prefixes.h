#pragma once
// A folder where what models know of beginnings outlives their unloading. Whatever goes wrong there
// is told in the log, and models go on without.

#include <cstdint>
#include <filesystem>
#include <string>

#include "model/executor.h"

namespace cria::serving {

class KeptPrefixes {
 public:
  // The folder need not be there. Files of it are removed, the oldest first, when they have more
  // bytes than that.
  KeptPrefixes(std::filesystem::path folder, int64_t most_bytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  // While no sequence is open. `weights` names what the model is made of: nothing else may have
  // this name.
  void restore(const std::string& weights, model::Executor& executor) const;
  void keep(const std::string& weights, model::Executor& executor) const;

 private:
  std::filesystem::path path_of(const std::string& fingerprint) const;
  void remove_oldest() const;

  std::filesystem::path folder_;
  int64_t most_bytes_;
};

// Of all that keys and values depend on besides tokens: weights, types and shape of the cache, the
// context, the backend, and this program, since another one may round differently.
std::string prefix_fingerprint(const std::string& weights, model::Executor& executor);

}  // namespace cria::serving
