#pragma once
// A JSON-like value, as it comes to a template: numbers are whole or not, objects keep their order.
// Copies share what they hold.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cria::chat {

class Data {
 public:
  using List = std::vector<Data>;
  using Object = std::vector<std::pair<std::string, Data>>;
  enum class Kind { kNull, kBool, kInteger, kReal, kText, kList, kObject };

  Data() = default;
  Data(std::nullptr_t) {}
  Data(bool value) : held_(value) {}
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) Data(Number value) : held_(static_cast<int64_t>(value)) {}
  Data(double value) : held_(value) {}
  Data(std::string text) : held_(std::make_shared<const std::string>(std::move(text))) {}
  Data(std::string_view text) : Data(std::string(text)) {}
  Data(const char* text) : Data(std::string(text)) {}
  Data(List items) : held_(std::make_shared<const List>(std::move(items))) {}
  Data(Object members) : held_(std::make_shared<const Object>(std::move(members))) {}

  Kind kind() const { return static_cast<Kind>(held_.index()); }
  bool is_null() const { return kind() == Kind::kNull; }

  // Each only of a value of that kind.
  bool boolean() const { return std::get<bool>(held_); }
  int64_t integer() const { return std::get<int64_t>(held_); }
  double real() const { return std::get<double>(held_); }
  const std::string& text() const { return *std::get<std::shared_ptr<const std::string>>(held_); }
  const List& list() const { return *std::get<std::shared_ptr<const List>>(held_); }
  const Object& object() const { return *std::get<std::shared_ptr<const Object>>(held_); }

  // Of an object: the last member of that name, null when there is none.
  const Data* find(std::string_view name) const {
    const Object& members = object();
    for (auto member = members.rbegin(); member != members.rend(); ++member) {
      if (member->first == name) return &member->second;
    }
    return nullptr;
  }

 private:
  // In the order of Kind.
  std::variant<std::nullptr_t, bool, int64_t, double, std::shared_ptr<const std::string>,
               std::shared_ptr<const List>, std::shared_ptr<const Object>>
      held_;
};

}  // namespace cria::chat
