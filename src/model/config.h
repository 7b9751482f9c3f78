#pragma once
// Hyper-parameters of a model: the metadata of its file, with the architecture's prefix applied.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cria::model {

class Config {
 public:
  virtual ~Config() = default;

  virtual std::string architecture() const = 0;

  // A size: c.dim("block_count") reads "llama.block_count". Absent without a fallback is NotFound;
  // zero, negative or over kLargestDim is Corrupt, so that models may multiply and divide by it.
  static constexpr int64_t kLargestDim = int64_t{1} << 24;
  int64_t dim(std::string_view key) const;
  int64_t dim(std::string_view key, int64_t fallback) const;
  // Absent without a fallback is NotFound; not finite is Corrupt.
  float real(std::string_view key) const;
  float real(std::string_view key, float fallback) const;
  // Likewise, and above zero.
  float positive(std::string_view key, float fallback) const;
  std::string text(std::string_view key, std::string_view fallback) const;

 protected:
  // Values under a full key; nothing when absent, Corrupt when of another type.
  virtual std::optional<int64_t> find_integer(const std::string& key) const = 0;
  virtual std::optional<double> find_real(const std::string& key) const = 0;
  virtual std::optional<std::string> find_text(const std::string& key) const = 0;

 private:
  std::string full(std::string_view key) const;
};

}  // namespace cria::model
