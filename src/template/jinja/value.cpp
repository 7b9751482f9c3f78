#include "template/jinja/value.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace cria::jinja {
namespace {

// Comparing, printing and freeing recurse.
constexpr int kHighest = 200;

int height_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kSequence:
      return value.sequence().height;
    case Value::Kind::kDict:
      return value.dict().height();
    case Value::Kind::kFunction:
      return value.function().self ? height_of(*value.function().self) + 1 : 0;
    default:
      return 0;
  }
}

int checked_height(int height) {
  if (height <= kHighest) return height;
  fail(Error::Code::kUnsupported, "a value is nested deeper than ", kHighest);
}

std::string text_hash(std::string_view text) {
  std::string hash(1, 's');
  hash += text;
  return hash;
}

// Equal for keys that are equal, and for no others.
std::string hash_of(const Value& key) {
  switch (key.kind()) {
    case Value::Kind::kUndefined:
      return "u";
    case Value::Kind::kNone:
      return "n";
    case Value::Kind::kBool:
    case Value::Kind::kInt:
      return concat("i", key.integer());
    case Value::Kind::kFloat: {
      constexpr double kWhole = 9007199254740992.0;  // 2^53
      const double number = key.real();
      if (std::trunc(number) == number && std::fabs(number) <= kWhole) {
        return concat("i", static_cast<int64_t>(number));
      }
      return concat("f", std::hexfloat, number);
    }
    case Value::Kind::kText:
      return text_hash(key.text());
    case Value::Kind::kSequence: {
      if (key.sequence().kind != Sequence::Kind::kTuple) break;
      std::string hash = "t";
      for (const Value& item : key.sequence().items) {
        const std::string part = hash_of(item);
        hash.append(std::to_string(part.size())).append(":").append(part);
        // A tuple that holds another one twice, and so on, takes all time.
        if (hash.size() > Dict::kLongestTuple) {
          fail(Error::Code::kUnsupported, "a tuple of more than ", Dict::kLongestTuple,
               " bytes as a key");
        }
      }
      return hash;
    }
    case Value::Kind::kFunction:
      return concat("m", key.function().name);
    case Value::Kind::kObject:
      return concat("o", &key.object());
    case Value::Kind::kDict:
      break;
  }
  fail(Error::Code::kInvalidArgument, "unhashable type: '", type_name(key), "'");
}

template <class T>
Value make(T held) {
  Value value;
  value.held = std::move(held);
  return value;
}

Value from_users(Value value) {
  value.special = false;
  return value;
}

}  // namespace

bool Value::is_list() const {
  return is(Kind::kSequence) && sequence().kind == Sequence::Kind::kList;
}

const Value* Dict::find(const Value& key) const {
  const auto found = places_.find(hash_of(key));
  return found == places_.end() ? nullptr : &entries_[found->second].second;
}

const Value* Dict::find(std::string_view name) const {
  const auto found = places_.find(text_hash(name));
  return found == places_.end() ? nullptr : &entries_[found->second].second;
}

void Dict::set(const Value& key, Value value) { set(hash_of(key), key, std::move(value)); }

void Dict::set(std::string_view name, Value value) {
  set(text_hash(name), special_text(name), std::move(value));
}

void Dict::set(std::string hash, const Value& key, Value value) {
  height_ = checked_height(std::max({height_, height_of(key) + 1, height_of(value) + 1}));
  const auto [place, is_new] = places_.try_emplace(std::move(hash), entries_.size());
  if (is_new) {
    entries_.emplace_back(key, std::move(value));
  } else {
    entries_[place->second].second = std::move(value);
  }
}

Value none() { return make(None{}); }
Value bool_value(bool truth) { return make(truth); }
Value int_value(int64_t number) { return make(number); }
Value float_value(double number) { return make(number); }
Value text_value(MarkedText text) {
  return make(Value::Text(std::make_shared<const MarkedText>(std::move(text))));
}
Value special_text(std::string_view text) {
  return text_value(MarkedText(std::string(text), true));
}
Value user_text(std::string_view text) { return text_value(MarkedText(std::string(text), false)); }

Value undefined(std::string why) {
  return make(Undefined{std::make_shared<const std::string>(std::move(why))});
}

Value sequence_value(Sequence sequence) {
  for (const Value& item : sequence.items) {
    sequence.height = std::max(sequence.height, height_of(item) + 1);
  }
  checked_height(sequence.height);
  return make(std::make_shared<const Sequence>(std::move(sequence)));
}

Value sequence_value(Sequence::Kind kind, Values items) {
  return sequence_value({.kind = kind, .items = std::move(items)});
}

Value list_value(Values items) { return sequence_value(Sequence::Kind::kList, std::move(items)); }
Value tuple_value(Values items) { return sequence_value(Sequence::Kind::kTuple, std::move(items)); }
Value dict_value(Dict dict) { return make(std::make_shared<const Dict>(std::move(dict))); }

Value function_value(std::string name, std::optional<Value> self) {
  if (self) checked_height(height_of(*self) + 1);
  return make(std::make_shared<const Function>(Function{std::move(name), std::move(self)}));
}

Value object_value(Object& object) { return make(&object); }

Value value_of(const Data& data) {
  switch (data.kind()) {
    case Data::Kind::kNull:
      return from_users(none());
    case Data::Kind::kBool:
      return from_users(bool_value(data.boolean()));
    case Data::Kind::kInteger:
      return from_users(int_value(data.integer()));
    case Data::Kind::kReal:
      return from_users(float_value(data.real()));
    case Data::Kind::kText:
      return user_text(data.text());
    case Data::Kind::kList: {
      Values items;
      for (const Data& item : data.list()) items.push_back(value_of(item));
      return from_users(list_value(std::move(items)));
    }
    case Data::Kind::kObject:
      break;
  }
  Dict dict;
  for (const auto& [name, member] : data.object()) dict.set(user_text(name), value_of(member));
  return from_users(dict_value(std::move(dict)));
}

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kUndefined:
      return "Undefined";
    case Value::Kind::kNone:
      return "NoneType";
    case Value::Kind::kBool:
      return "bool";
    case Value::Kind::kInt:
      return "int";
    case Value::Kind::kFloat:
      return "float";
    case Value::Kind::kText:
      return "str";
    case Value::Kind::kSequence: {
      constexpr std::array<std::string_view, 7> kNames = {
          "list", "tuple", "range", "generator", "dict_keys", "dict_values", "dict_items"};
      return kNames[static_cast<size_t>(value.sequence().kind)];
    }
    case Value::Kind::kDict:
      return "dict";
    case Value::Kind::kFunction:
      return "function";
    case Value::Kind::kObject:
      return value.object().type();
  }
  return "";
}

bool truth(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kUndefined:
    case Value::Kind::kNone:
      return false;
    case Value::Kind::kBool:
    case Value::Kind::kInt:
      return value.integer() != 0;
    case Value::Kind::kFloat:
      return value.real() != 0;
    case Value::Kind::kText:
      return !value.text().empty();
    case Value::Kind::kSequence:
      return value.sequence().kind == Sequence::Kind::kGenerator || !value.sequence().items.empty();
    case Value::Kind::kDict:
      return !value.dict().entries().empty();
    case Value::Kind::kFunction:
    case Value::Kind::kObject:
      return true;
  }
  return false;
}

}  // namespace cria::jinja
