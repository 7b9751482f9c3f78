#pragma once
// The shapes of models that people run, by which engines are compared.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "model/config.h"

namespace cria::benchmarks {

struct ModelShape {
  std::string_view name;
  std::string_view architecture;
  bool tied = false;  // the output projection is the embedding
  std::map<std::string, int64_t> sizes;
  std::map<std::string, float> reals;
};

std::span<const ModelShape> model_shapes();
// InvalidArgument with the names there are.
const ModelShape& find_model_shape(std::string_view name);

// A shape as the hyper-parameters of a model.
class ShapeConfig final : public model::Config {
 public:
  explicit ShapeConfig(const ModelShape& shape) : shape_(shape) {}
  std::string architecture() const override { return std::string(shape_.architecture); }

 protected:
  std::optional<std::vector<int64_t>> find_integers(const std::string& key) const override;
  std::optional<double> find_real(const std::string& key) const override;
  std::optional<std::vector<double>> find_reals(const std::string&) const override { return {}; }
  std::optional<bool> find_boolean(const std::string&) const override { return std::nullopt; }
  std::optional<std::vector<bool>> find_flags(const std::string&) const override {
    return std::nullopt;
  }
  std::optional<std::string> find_text(const std::string&) const override { return std::nullopt; }
  std::vector<std::string> find_texts(const std::string&) const override { return {}; }
  bool has_key(const std::string& key) const override {
    return find_integers(key) || find_real(key);
  }

 private:
  const ModelShape& shape_;
};

}  // namespace cria::benchmarks
