#pragma once
// Files of models that tests invent.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ml/dtype.h"
#include "ml/tensor.h"
#include "tests/support/gguf_builder.h"
#include "tests/support/map_config.h"

namespace cria::model {

inline bool is_integer(double value) {
  return value == std::floor(value) && std::abs(value) < 1e18;
}

inline std::string full_key(const MapConfig& config, const std::string& key) {
  const bool whole = key.starts_with("tokenizer.") || key.starts_with("xielu.");
  return whole ? key : config.architecture() + "." + key;
}

inline void write_numbers(test::GgufBuilder& builder, const std::string& key,
                          const Numbers& numbers) {
  std::vector<int64_t> integers;
  for (const double value : numbers.values) integers.push_back(static_cast<int64_t>(value));
  const bool whole = std::ranges::all_of(numbers.values, is_integer);
  if (numbers.values.size() != 1 && whole) {
    builder.metadata(key, integers);
  } else if (numbers.values.size() != 1) {
    builder.metadata(key, std::vector<float>(numbers.values.begin(), numbers.values.end()));
  } else if (is_integer(numbers.values[0])) {
    builder.metadata(key, integers[0]);
  } else {
    builder.metadata(key, static_cast<float>(numbers.values[0]));
  }
}

inline void write_config(test::GgufBuilder& builder, const MapConfig& config) {
  const std::string prefix = config.architecture() + ".";
  builder.metadata("general.architecture", config.architecture());
  for (const auto& [key, value] : config.numbers())
    write_numbers(builder, full_key(config, key), value);
  for (const auto& [key, value] : config.texts()) builder.metadata(prefix + key, value);
  for (const auto& [key, value] : config.flags()) builder.metadata(prefix + key, value);
}

inline void write_weight(test::GgufBuilder& builder, std::string_view name, const ml::Node& node) {
  builder.tensor(name, static_cast<uint32_t>(ml::info(node.dtype).gguf_id),
                 {node.shape.dims().begin(), node.shape.dims().end()},
                 {node.data, static_cast<size_t>(ml::row_bytes(node.dtype, node.shape.size()))});
}

}  // namespace cria::model
