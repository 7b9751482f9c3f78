#include "model/config.h"

#include <algorithm>
#include <cmath>

namespace cria::model {

std::string Config::full(std::string_view key) const {
  const bool whole = key.starts_with("general.") || key.starts_with("tokenizer.") ||
                     key.starts_with("xielu.");  // which Apertus alone has
  return whole ? std::string(key) : concat(architecture(), '.', key);
}

bool Config::has(std::string_view key) const { return has_key(full(key)); }

std::optional<int64_t> Config::single(std::string_view key, int64_t lowest) const {
  const std::optional<std::vector<int64_t>> values = find_integers(full(key));
  if (!values) return std::nullopt;
  if (values->empty()) corrupt(key, "is an empty list, expected a size");
  for (const int64_t value : *values) {
    if (value < lowest || value > kLargestDim)
      corrupt(key, "is ", value, ", expected ", lowest, " to ", kLargestDim);
    if (value != values->front()) {
      unsupported(key, "is ", values->front(), " in some layers and ", value,
                  " in others, expected the same in all");
    }
  }
  return values->front();
}

int64_t Config::dim(std::string_view key) const {
  const std::optional<int64_t> value = single(key, 1);
  if (!value) {
    fail(Error::Code::kNotFound, "metadata: ", full(key),
         " is absent, but the architecture needs it");
  }
  return *value;
}

int64_t Config::dim(std::string_view key, int64_t fallback) const {
  return single(key, 1).value_or(fallback);
}

int64_t Config::count(std::string_view key) const { return single(key, 0).value_or(0); }

std::vector<float> Config::reals(std::string_view key, const std::vector<float>& fallback) const {
  return has(key) ? reals(key, fallback.size()) : fallback;
}

std::vector<float> Config::reals(std::string_view key, size_t count) const {
  const std::optional<std::vector<double>> values = find_reals(full(key));
  if (!values) {
    fail(Error::Code::kNotFound, "metadata: ", full(key),
         " is absent, but the architecture needs it");
  }
  if (values->size() != count) corrupt(key, "has ", values->size(), " entries, expected ", count);
  for (const double value : *values) {
    if (!std::isfinite(static_cast<float>(value)))
      corrupt(key, "has the entry ", value, ", expected finite numbers");
  }
  return {values->begin(), values->end()};
}

std::vector<int64_t> Config::places(std::string_view key, int64_t count) const {
  std::vector<int64_t> places = find_integers(full(key)).value_or(std::vector<int64_t>());
  for (const int64_t place : places) {
    if (place < 0 || place >= count)
      corrupt(key, "has the entry ", place, ", expected 0 to ", count - 1);
  }
  return places;
}

std::vector<int64_t> Config::dims(std::string_view key, int64_t layers, int64_t lowest) const {
  std::optional<std::vector<int64_t>> values = find_integers(full(key));
  if (!values) {
    fail(Error::Code::kNotFound, "metadata: ", full(key),
         " is absent, but the architecture needs it");
  }
  if (values->size() == 1) values->resize(static_cast<size_t>(layers), values->front());
  if (std::ssize(*values) != layers) {
    corrupt(key, "has ", values->size(), " entries, expected one for each of ", layers, " layers");
  }
  for (size_t i = 0; i < values->size(); ++i) {
    const int64_t value = (*values)[i];
    if (value < lowest || value > kLargestDim) {
      corrupt(key, "is ", value, " in layer ", i, ", expected ", lowest, " to ", kLargestDim);
    }
  }
  return *values;
}

float Config::real(std::string_view key) const {
  const std::optional<double> value = find_real(full(key));
  if (!value) {
    fail(Error::Code::kNotFound, "metadata: ", full(key),
         " is absent, but the architecture needs it");
  }
  if (!std::isfinite(static_cast<float>(*value)))
    corrupt(key, "is ", *value, ", expected a finite number");
  return static_cast<float>(*value);
}

float Config::real(std::string_view key, float fallback) const {
  return has(key) ? real(key) : fallback;
}

float Config::positive(std::string_view key) const {
  const float value = real(key);
  if (value <= 0) corrupt(key, "is ", value, ", expected above zero");
  return value;
}

float Config::positive(std::string_view key, float fallback) const {
  return has(key) ? positive(key) : fallback;
}

bool Config::flag(std::string_view key, bool fallback) const {
  return find_boolean(full(key)).value_or(fallback);
}

std::optional<std::vector<bool>> Config::flags(std::string_view key, int64_t layers) const {
  std::optional<std::vector<bool>> flags = find_flags(full(key));
  if (flags && std::ssize(*flags) != layers) {
    corrupt(key, "has ", flags->size(), " entries, expected one for each of ", layers, " layers");
  }
  return flags;
}

std::string Config::text(std::string_view key, std::string_view fallback) const {
  return find_text(full(key)).value_or(std::string(fallback));
}

std::vector<std::string> Config::texts(std::string_view key) const { return find_texts(full(key)); }

}  // namespace cria::model
