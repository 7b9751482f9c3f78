#pragma once
// What functions, filters, tests and methods are called with.

#include <ctime>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "template/common/limits.h"
#include "template/jinja/value.h"

namespace cria::jinja {

// InvalidArgument: what is wrong with a value; the interpreter says where.
template <class... Args>
[[noreturn]] void refuse(const Args&... what) {
  fail(Error::Code::kInvalidArgument, what...);
}
template <class... Args>
[[noreturn]] void refuse_unsupported(const Args&... what) {
  fail(Error::Code::kUnsupported, what...);
}

// What a function is told about the run.
struct Calls {
  chat::Budget& budget;
  std::time_t now = 0;

  // A text that was made, and counts.
  Value text(MarkedText made) {
    budget.text(made.size());
    return text_value(std::move(made));
  }
  void append(MarkedText& out, const MarkedText& more) {
    budget.text(more.size());
    out.append(more);
  }
  Value list(Values items, Sequence::Kind kind = Sequence::Kind::kList) {
    count(items.size());
    return sequence_value(kind, std::move(items));
  }
  // A text, or a key, that is looked at.
  void read(const Value& value) {
    if (value.is_text()) budget.read(value.text().size());
    if (value.is(Value::Kind::kSequence)) budget.read(Dict::kLongestTuple);
  }
  void read(const Arguments& arguments) {
    for (const Value& value : arguments.positional) read(value);
    for (const auto& [name, value] : arguments.keywords) read(value);
  }
  // Items that are made or copied; memory for them is as dear as time.
  void count(size_t items) { budget.step(4 * static_cast<int64_t>(items)); }
};

// Arguments in the places of parameters.
class Bound {
 public:
  // InvalidArgument: too many, too few, or one of a name that is none.
  Bound(std::string_view function, const Arguments& arguments,
        std::initializer_list<std::string_view> parameters, size_t required = 0);

  // Null: not given.
  const Value* find(size_t parameter) const { return values_[parameter]; }
  const Value& at(size_t parameter) const { return *values_[parameter]; }
  Value at_or(size_t parameter, Value preset) const {
    return values_[parameter] ? *values_[parameter] : std::move(preset);
  }
  bool flag(size_t parameter, bool preset = false) const {
    return values_[parameter] ? truth(*values_[parameter]) : preset;
  }
  // InvalidArgument: of another type.
  int64_t integer(size_t parameter, int64_t preset) const;
  const MarkedText* text(size_t parameter) const;  // null: not given, or None

 private:
  std::string_view function_;
  std::vector<const Value*> values_;
};

}  // namespace cria::jinja
