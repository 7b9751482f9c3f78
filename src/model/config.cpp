#include "model/config.h"

#include <cmath>

#include "base/error.h"

namespace cria::model {

std::string Config::full(std::string_view key) const {
  const bool whole = key.starts_with("general.") || key.starts_with("tokenizer.");
  return whole ? std::string(key) : concat(architecture(), '.', key);
}

int64_t Config::dim(std::string_view key) const {
  const std::string name = full(key);
  const std::optional<int64_t> value = find_integer(name);
  if (!value)
    fail(Error::Code::kNotFound, "metadata: ", name, " is absent, but the architecture needs it");
  if (*value < 1 || *value > kLargestDim) {
    fail(Error::Code::kCorrupt, "metadata: ", name, " is ", *value, ", expected 1 to ",
         kLargestDim);
  }
  return *value;
}

int64_t Config::dim(std::string_view key, int64_t fallback) const {
  return find_integer(full(key)) ? dim(key) : fallback;
}

float Config::real(std::string_view key) const {
  const std::string name = full(key);
  const std::optional<double> value = find_real(name);
  if (!value)
    fail(Error::Code::kNotFound, "metadata: ", name, " is absent, but the architecture needs it");
  if (!std::isfinite(static_cast<float>(*value))) {
    fail(Error::Code::kCorrupt, "metadata: ", name, " is ", *value, ", expected a finite number");
  }
  return static_cast<float>(*value);
}

float Config::real(std::string_view key, float fallback) const {
  return find_real(full(key)) ? real(key) : fallback;
}

float Config::positive(std::string_view key, float fallback) const {
  const float value = real(key, fallback);
  if (value <= 0)
    fail(Error::Code::kCorrupt, "metadata: ", full(key), " is ", value, ", expected above zero");
  return value;
}

std::string Config::text(std::string_view key, std::string_view fallback) const {
  return find_text(full(key)).value_or(std::string(fallback));
}

}  // namespace cria::model
