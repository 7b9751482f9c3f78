#pragma once
// Hyper-parameters of a model: the metadata of its file, with the architecture's prefix applied.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cria::model {

class Config {
 public:
  virtual ~Config() = default;

  virtual std::string architecture() const = 0;

  // A size: c.dim("block_count") reads "llama.block_count". Absent without a fallback is NotFound;
  // zero, negative or over kLargestDim is Corrupt, so that models may multiply and divide by it.
  // Some files hold a list with an entry per layer: where all are equal that is the size, else
  // Unsupported.
  static constexpr int64_t kLargestDim = int64_t{1} << 24;
  int64_t dim(std::string_view key) const;
  int64_t dim(std::string_view key, int64_t fallback) const;
  // A size per layer, from a list of as many or from one for all of them; likewise, but not below
  // `lowest`.
  std::vector<int64_t> dims(std::string_view key, int64_t layers, int64_t lowest = 1) const;
  // Places in a list of `count` things, such as layers; empty when absent.
  std::vector<int64_t> places(std::string_view key, int64_t count) const;
  // Like dim(), but 0 is fine, which is what an absent key counts as.
  int64_t count(std::string_view key) const;

  // So many finite numbers. Absent without a fallback is NotFound.
  std::vector<float> reals(std::string_view key, size_t count) const;
  std::vector<float> reals(std::string_view key, const std::vector<float>& fallback) const;
  // Absent without a fallback is NotFound; not finite is Corrupt.
  float real(std::string_view key) const;
  float real(std::string_view key, float fallback) const;
  // Likewise, and above zero.
  float positive(std::string_view key) const;
  float positive(std::string_view key, float fallback) const;
  bool flag(std::string_view key, bool fallback) const;
  // A flag per layer; nothing when there is no list.
  std::optional<std::vector<bool>> flags(std::string_view key, int64_t layers) const;
  std::string text(std::string_view key, std::string_view fallback) const;
  std::vector<std::string> texts(std::string_view key) const;  // empty when absent
  bool has(std::string_view key) const;

  // Corrupt or Unsupported, naming the key in full: c.corrupt("block_count", "is 0, ...").
  template <class... Parts>
  [[noreturn]] void corrupt(std::string_view key, const Parts&... parts) const {
    fail(Error::Code::kCorrupt, "metadata: ", full(key), ' ', parts...);
  }
  template <class... Parts>
  [[noreturn]] void unsupported(std::string_view key, const Parts&... parts) const {
    fail(Error::Code::kUnsupported, "metadata: ", full(key), ' ', parts...);
  }

 protected:
  // Values under a full key; nothing when absent, Corrupt when of another type. A single integer is
  // a list of one.
  virtual std::optional<std::vector<int64_t>> find_integers(const std::string& key) const = 0;
  virtual std::optional<double> find_real(const std::string& key) const = 0;
  virtual std::optional<std::vector<double>> find_reals(const std::string& key) const = 0;
  virtual std::optional<bool> find_boolean(const std::string& key) const = 0;
  // Only of a list: of booleans, or of integers, which are false when 0.
  virtual std::optional<std::vector<bool>> find_flags(const std::string& key) const = 0;
  virtual std::optional<std::string> find_text(const std::string& key) const = 0;
  virtual std::vector<std::string> find_texts(const std::string& key) const = 0;
  virtual bool has_key(const std::string& key) const = 0;

 private:
  std::string full(std::string_view key) const;
  std::optional<int64_t> single(std::string_view key, int64_t lowest) const;
};

}  // namespace cria::model
