#pragma once
// The values that a Jinja template computes with: Python's, as far as templates meet them. They
// share what they hold. Lists and dicts never change, as in the sandbox of transformers.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "template/data.h"
#include "template/marked_text.h"

namespace cria::jinja {

using chat::Data;
using chat::MarkedText;

struct Undefined {
  std::shared_ptr<const std::string> why = {};  // what to say when it is used
};
struct None {};
struct Sequence;
class Dict;
struct Function;
struct Object;

struct Value {
  enum class Kind {
    kUndefined,
    kNone,
    kBool,
    kInt,
    kFloat,
    kText,
    kSequence,
    kDict,
    kFunction,
    kObject
  };
  using Text = std::shared_ptr<const MarkedText>;

  std::variant<Undefined, None, bool, int64_t, double, Text, std::shared_ptr<const Sequence>,
               std::shared_ptr<const Dict>, std::shared_ptr<const Function>, Object*>
      held = {};  // in the order of Kind
  // Not of users: the numbers and brackets that it prints as may be part of special tokens. Texts
  // know that of their stretches.
  bool special = true;

  Kind kind() const { return static_cast<Kind>(held.index()); }
  bool is(Kind other) const { return kind() == other; }
  bool is_undefined() const { return is(Kind::kUndefined); }
  bool is_none() const { return is(Kind::kNone); }
  bool is_text() const { return is(Kind::kText); }
  bool is_whole() const { return is(Kind::kBool) || is(Kind::kInt); }  // bool is an int in Python
  bool is_number() const { return is_whole() || is(Kind::kFloat); }

  // Each only of a value of that kind.
  bool boolean() const { return std::get<bool>(held); }
  int64_t integer() const { return is(Kind::kBool) ? int64_t{boolean()} : std::get<int64_t>(held); }
  double real() const {
    return is(Kind::kFloat) ? std::get<double>(held) : static_cast<double>(integer());
  }
  const MarkedText& marked() const { return *std::get<Text>(held); }
  const std::string& text() const { return marked().text(); }
  const Sequence& sequence() const { return *std::get<std::shared_ptr<const Sequence>>(held); }
  const Dict& dict() const { return *std::get<std::shared_ptr<const Dict>>(held); }
  const Function& function() const { return *std::get<std::shared_ptr<const Function>>(held); }
  Object& object() const { return *std::get<Object*>(held); }
  bool is_list() const;  // and no other sequence
};

using Values = std::vector<Value>;

struct Sequence {
  enum class Kind { kList, kTuple, kRange, kGenerator, kKeys, kValues, kItems };
  Kind kind = Kind::kList;
  Values items = {};
  std::array<int64_t, 3> range = {};  // of kRange: begin, end, step
  int height = 1;                     // of what is nested in it; recursion over values is bounded
  bool is_group = false;              // of groupby: it has .grouper and .list
  mutable bool is_spent = false;      // of kGenerator: it was read once
};

// Keeps the order of insertion. 1, 1.0 and True are one key.
class Dict {
 public:
  using Entries = std::vector<std::pair<Value, Value>>;
  static constexpr size_t kLongestTuple = 4096;  // bytes of a key that is one, with what is in it

  const Entries& entries() const { return entries_; }
  int height() const { return height_; }
  // InvalidArgument: a key that Python can not hash. Unsupported: a tuple that is too long.
  const Value* find(const Value& key) const;
  const Value* find(std::string_view name) const;
  void set(const Value& key, Value value);
  void set(std::string_view name, Value value);  // a name of ours

 private:
  void set(std::string hash, const Value& key, Value value);

  Entries entries_;
  std::unordered_map<std::string, size_t> places_;
  int height_ = 1;
};

// A function of the language, or a method of a value.
struct Function {
  std::string name;
  std::optional<Value> self = {};
};

// What has an identity; the run owns it.
struct Object {
  virtual ~Object() = default;
  virtual std::string_view type() const = 0;
};

struct Arguments {
  Values positional = {};
  // Names may be keys of users, from ** of a dict.
  std::vector<std::pair<MarkedText, Value>> keywords = {};
};

Value none();
Value bool_value(bool truth);
Value int_value(int64_t number);
Value float_value(double number);
Value text_value(MarkedText text);
Value special_text(std::string_view text);
Value user_text(std::string_view text);
Value undefined(std::string why);
// Unsupported: nested too deeply.
Value sequence_value(Sequence::Kind kind, Values items);
Value sequence_value(Sequence sequence);  // its height is found out
Value list_value(Values items);
Value tuple_value(Values items);
Value dict_value(Dict dict);
Value function_value(std::string name, std::optional<Value> self = std::nullopt);
Value object_value(Object& object);
// Nothing of it is special. InvalidArgument: nested too deeply.
Value value_of(const Data& data);

// "str", "dict", ...: Python's name of the type.
std::string_view type_name(const Value& value);
bool truth(const Value& value);

}  // namespace cria::jinja
