#pragma once
// Hyper-parameters written in a test instead of a file.

#include <map>
#include <string>

#include "model/config.h"

namespace cria::model {

class MapConfig final : public Config {
 public:
  MapConfig(std::string architecture, std::map<std::string, double> numbers,
            std::map<std::string, std::string> texts = {})
      : architecture_(std::move(architecture)),
        numbers_(std::move(numbers)),
        texts_(std::move(texts)) {}

  std::string architecture() const override { return architecture_; }

 protected:
  std::optional<int64_t> find_integer(const std::string& key) const override {
    const std::optional<double> value = find_real(key);
    return value ? std::optional(static_cast<int64_t>(*value)) : std::nullopt;
  }
  std::optional<double> find_real(const std::string& key) const override {
    return find(numbers_, key);
  }
  std::optional<std::string> find_text(const std::string& key) const override {
    return find(texts_, key);
  }

 private:
  // Keys are written without the architecture's prefix.
  template <class Value>
  std::optional<Value> find(const std::map<std::string, Value>& values,
                            const std::string& key) const {
    const std::string prefix = architecture_ + ".";
    const auto found = values.find(key.starts_with(prefix) ? key.substr(prefix.size()) : key);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  }

  std::string architecture_;
  std::map<std::string, double> numbers_;
  std::map<std::string, std::string> texts_;
};

}  // namespace cria::model
