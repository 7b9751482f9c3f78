#pragma once
// Hyper-parameters written in a test instead of a file.

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "model/config.h"

namespace cria::model {

// A number, or a list with one per layer.
struct Numbers {
  Numbers() = default;
  Numbers(double number) : values{number} {}  // NOLINT: implicit on purpose
  Numbers(std::initializer_list<double> numbers) : values(numbers) {}

  std::vector<double> values;
};

class MapConfig final : public Config {
 public:
  MapConfig(std::string architecture, std::map<std::string, Numbers> numbers,
            std::map<std::string, std::string> texts = {}, std::map<std::string, bool> flags = {})
      : architecture_(std::move(architecture)),
        numbers_(std::move(numbers)),
        texts_(std::move(texts)),
        flags_(std::move(flags)) {}

  std::string architecture() const override { return architecture_; }
  const std::map<std::string, Numbers>& numbers() const { return numbers_; }
  const std::map<std::string, std::string>& texts() const { return texts_; }
  const std::map<std::string, bool>& flags() const { return flags_; }

  // The same with one number changed.
  MapConfig with(const std::string& key, Numbers value) const {
    MapConfig changed = *this;
    changed.numbers_[key] = std::move(value);
    return changed;
  }
  MapConfig with_text(const std::string& key, std::string value) const {
    MapConfig changed = *this;
    changed.texts_[key] = std::move(value);
    return changed;
  }
  MapConfig with_flag(const std::string& key, bool value) const {
    MapConfig changed = *this;
    changed.flags_[key] = value;
    return changed;
  }
  MapConfig without(const std::string& key) const {
    MapConfig changed = *this;
    changed.numbers_.erase(key);
    return changed;
  }

 protected:
  std::optional<std::vector<int64_t>> find_integers(const std::string& key) const override {
    const std::optional<Numbers> found = find(numbers_, key);
    if (!found) return std::nullopt;
    std::vector<int64_t> integers;
    for (const double value : found->values) integers.push_back(static_cast<int64_t>(value));
    return integers;
  }
  std::optional<double> find_real(const std::string& key) const override {
    const std::optional<Numbers> found = find(numbers_, key);
    return found ? std::optional(found->values.at(0)) : std::nullopt;
  }
  std::optional<std::vector<double>> find_reals(const std::string& key) const override {
    const std::optional<Numbers> found = find(numbers_, key);
    return found ? std::optional(found->values) : std::nullopt;
  }
  std::optional<bool> find_boolean(const std::string& key) const override {
    return find(flags_, key);
  }
  std::optional<std::vector<bool>> find_flags(const std::string& key) const override {
    const std::optional<Numbers> found = find(numbers_, key);
    if (!found || found->values.size() == 1) return std::nullopt;
    std::vector<bool> flags;
    for (const double value : found->values) flags.push_back(value != 0);
    return flags;
  }
  std::optional<std::string> find_text(const std::string& key) const override {
    return find(texts_, key);
  }
  // Of one text, since no test needs more.
  std::vector<std::string> find_texts(const std::string& key) const override {
    const auto found = find(texts_, key);
    return found ? std::vector{*found} : std::vector<std::string>{};
  }
  bool has_key(const std::string& key) const override {
    return find(numbers_, key) || find(texts_, key) || find(flags_, key);
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
  std::map<std::string, Numbers> numbers_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, bool> flags_;
};

}  // namespace cria::model
