#pragma once
// The values that a chat template computes with.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cria::jinja {

struct Undefined {};
struct None {};
struct Value;
using List = std::vector<Value>;
using Dict = std::map<std::string, Value, std::less<>>;

// Lists and dicts are shared, as in Python: a namespace() that a loop assigns to is seen outside of
// it.
struct Value : std::variant<Undefined, None, bool, int64_t, std::string, std::shared_ptr<List>,
                            std::shared_ptr<Dict>> {
  using variant::variant;
};

template <class T>
bool is(const Value& value) {
  return std::holds_alternative<T>(value);
}

Value list(List items);
Value dict(Dict items);
bool is_container(const Value& value);

bool truth(const Value& value);
// Unsupported: two lists, or two dicts.
bool equal(const Value& a, const Value& b);

// As Python prints it. Unsupported: lists and dicts.
std::string to_text(const Value& value);

// Python's str.strip(): without characters given, all that Unicode calls white space.
enum class Sides { kBoth, kLeft, kRight };
std::string_view strip(std::string_view text, Sides sides = Sides::kBoth);
std::string_view strip_of(std::string_view text, std::string_view characters, Sides sides);

}  // namespace cria::jinja
