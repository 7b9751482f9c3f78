#pragma once
// The values that a Go template computes with. They share what they hold, and never change.

#include <complex>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "template/data.h"
#include "template/marked_text.h"

namespace cria::go {

using chat::Data;
using chat::MarkedText;

struct Invalid {};       // nothing, not even an interface: what a nil pipeline ends as
struct NilInterface {};  // a variable, field or element of type interface{} that holds nothing
struct List;
struct Map;
struct Struct;

struct Value {
  enum class Kind {
    kInvalid,
    kNilInterface,
    kBool,
    kInt,
    kByte,
    kFloat,
    kComplex,
    kText,
    kList,
    kMap,
    kStruct
  };
  using Text = std::shared_ptr<const MarkedText>;

  std::variant<Invalid, NilInterface, bool, int64_t, uint8_t, double, std::complex<double>, Text,
               std::shared_ptr<const List>, std::shared_ptr<const Map>,
               std::shared_ptr<const Struct>>
      held;                  // in the order of Kind
  bool is_constant = false;  // written in the template; texts know that of their stretches

  Kind kind() const { return static_cast<Kind>(held.index()); }
  bool is(Kind other) const { return kind() == other; }
  bool is_nothing() const { return is(Kind::kInvalid) || is(Kind::kNilInterface); }
  bool is_integer() const { return is(Kind::kInt) || is(Kind::kByte); }

  // Each only of a value of that kind.
  bool boolean() const { return std::get<bool>(held); }
  int64_t integer() const {
    return is(Kind::kByte) ? std::get<uint8_t>(held) : std::get<int64_t>(held);
  }
  double real() const { return std::get<double>(held); }
  std::complex<double> complex() const { return std::get<std::complex<double>>(held); }
  const MarkedText& marked() const { return *std::get<Text>(held); }
  const std::string& text() const { return marked().text(); }
  const List& list() const { return *std::get<std::shared_ptr<const List>>(held); }
  const Map& map() const { return *std::get<std::shared_ptr<const Map>>(held); }
  const Struct& fields() const { return *std::get<std::shared_ptr<const Struct>>(held); }
};

// A type that has a name in Go, with what that changes. The others are those of decoded JSON.
struct Type {
  struct Field {
    std::string_view name, json;
    bool omits_empty = false;  // in JSON
  };
  std::string_view name;
  std::string (*to_text)(const Value&) = nullptr;  // its String() method, if it has one
  std::vector<Field> fields{};                     // of a struct
  bool json_of_one = false;                        // a list of one item is that item in JSON
};

struct List {
  const Type* type = nullptr;  // none: []interface {}
  std::vector<Value> items{};
  bool is_nil = false;
};

struct Map {
  enum class Order { kSorted, kAsGiven };
  const Type* type = nullptr;                            // none: map[string]interface {}
  std::vector<std::pair<std::string, Value>> entries{};  // no name twice
  Value zero{NilInterface{}};                            // what is under other names
  bool is_nil = false;
  Order order = Order::kSorted;

  // Null when there is none.
  const Value* find(std::string_view name) const;
};

struct Struct {
  const Type* type;
  std::vector<Value> values;  // one for each field

  const Value* find(std::string_view name) const;
};

Value text_value(std::string_view text);  // of users
Value text_value(MarkedText text);
Value constant_text(std::string text);
Value int_value(int64_t number);
Value list_value(List list);
Value map_value(Map map);
Value struct_value(const Type& type, std::vector<Value> values);
// Maps are sorted. InvalidArgument: nested too deeply.
Value value_of(const Data& data);
// The same, with numbers as Go's JSON decoder has them: double precision, where that is exact.
Value decoded_value_of(const Data& data);

const Type* type_of(const Value& value);  // null when it has no name
std::string type_name(const Value& value);
bool truth(const Value& value);
// All of what it prints as comes from the template.
bool is_special(const Value& value);

}  // namespace cria::go
