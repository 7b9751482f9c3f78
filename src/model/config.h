#pragma once
// Hyper-parameters of a model: the metadata of its file, with the architecture's prefix applied.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cria::model {

class Config {
 public:
  virtual ~Config() = default;

  virtual std::string_view architecture() const = 0;

  // A size: c.dim("block_count") reads "llama.block_count". Absent without a fallback is NotFound; zero, negative or
  // absurdly large (over 2^24) is Corrupt, so that models may multiply and divide by it.
  virtual int64_t dim(std::string_view key) const = 0;
  virtual int64_t dim(std::string_view key, int64_t fallback) const = 0;
  // Finite, else Corrupt.
  virtual float real(std::string_view key) const = 0;
  virtual float real(std::string_view key, float fallback) const = 0;
  virtual std::string text(std::string_view key, std::string_view fallback) const = 0;
};

}  // namespace cria::model
