#include "template/jinja/tests.h"

#include <algorithm>
#include <array>

#include "template/jinja/filters.h"
#include "template/jinja/objects.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"

namespace cria::jinja {
namespace {

using Kind = Value::Kind;

struct Test {
  std::string_view name;
  bool (*passes)(const Value& value, const Arguments& arguments, Calls& calls);
};

// A test of the value alone.
template <bool (*passes)(const Value&)>
bool alone(const Value& value, const Arguments& arguments, Calls&) {
  const Bound bound("the test", arguments, {});
  return passes(value);
}

constexpr std::array<std::string_view, 7> kOperators = {"==", "!=", "<", "<=", ">", ">=", "in"};

template <size_t op>
bool compared(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("the test", arguments, {"other"}, 1);
  return compare(value, bound.at(0), kOperators[op], calls);
}

Value remainder(const Value& value, const Value& of, Calls& calls) {
  return arithmetic("%", value, of, calls);
}

bool is_odd(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("odd", arguments, {});
  return equal(remainder(value, int_value(2), calls), int_value(1), calls);
}

bool is_even(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("even", arguments, {});
  return equal(remainder(value, int_value(2), calls), int_value(0), calls);
}

bool is_divisible(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("divisibleby", arguments, {"num"}, 1);
  return equal(remainder(value, bound.at(0), calls), int_value(0), calls);
}

bool is_same(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("sameas", arguments, {"other"}, 1);
  const Value& other = bound.at(0);
  if (value.kind() != other.kind()) return false;
  if (value.is(Kind::kSequence)) return &value.sequence() == &other.sequence();
  if (value.is(Kind::kDict)) return &value.dict() == &other.dict();
  return equal(value, other, calls);
}

template <bool is_upper>
bool has_case(const Value& value, const Arguments& arguments, Calls& calls) {
  const Bound bound("the test", arguments, {});
  const Value text = text_value(to_text(value, calls));
  return call_method(text, is_upper ? "isupper" : "islower", {}, calls).boolean();
}

bool is_sequence(const Value& value) {
  if (value.is(Kind::kSequence)) {
    const Sequence::Kind kind = value.sequence().kind;
    return kind == Sequence::Kind::kList || kind == Sequence::Kind::kTuple ||
           kind == Sequence::Kind::kRange;
  }
  return value.is_text() || value.is(Kind::kDict) || value.is_undefined();
}

bool is_iterable(const Value& value) {
  return value.is(Kind::kSequence) || is_sequence(value) ||
         (value.is(Kind::kObject) && dynamic_cast<LoopObject*>(&value.object()));
}

bool is_callable(const Value& value) {
  return value.is(Kind::kFunction) || value.is_undefined() ||
         (value.is(Kind::kObject) && !dynamic_cast<Namespace*>(&value.object()));
}

constexpr std::array<Test, 39> kTests = {{
    {"!=", compared<1>},
    {"<", compared<2>},
    {"<=", compared<3>},
    {"==", compared<0>},
    {">", compared<4>},
    {">=", compared<5>},
    {"boolean", alone<[](const Value& v) { return v.is(Kind::kBool); }>},
    {"callable", alone<is_callable>},
    {"defined", alone<[](const Value& v) { return !v.is_undefined(); }>},
    {"divisibleby", is_divisible},
    {"eq", compared<0>},
    {"equalto", compared<0>},
    {"escaped", alone<[](const Value&) { return false; }>},
    {"even", is_even},
    {"false", alone<[](const Value& v) { return v.is(Kind::kBool) && !v.boolean(); }>},
    {"filter", alone<[](const Value& v) { return v.is_text() && is_filter(v.text()); }>},
    {"float", alone<[](const Value& v) { return v.is(Kind::kFloat); }>},
    {"ge", compared<5>},
    {"greaterthan", compared<4>},
    {"gt", compared<4>},
    {"in", compared<6>},
    {"integer", alone<[](const Value& v) { return v.is(Kind::kInt); }>},
    {"iterable", alone<is_iterable>},
    {"le", compared<3>},
    {"lessthan", compared<2>},
    {"lower", has_case<false>},
    {"lt", compared<2>},
    {"mapping", alone<[](const Value& v) { return v.is(Kind::kDict); }>},
    {"ne", compared<1>},
    {"none", alone<[](const Value& v) { return v.is_none(); }>},
    {"number", alone<[](const Value& v) { return v.is_number(); }>},
    {"odd", is_odd},
    {"sameas", is_same},
    {"sequence", alone<is_sequence>},
    {"string", alone<[](const Value& v) { return v.is_text(); }>},
    {"test", alone<[](const Value& v) { return v.is_text() && is_test(v.text()); }>},
    {"true", alone<[](const Value& v) { return v.is(Kind::kBool) && v.boolean(); }>},
    {"undefined", alone<[](const Value& v) { return v.is_undefined(); }>},
    {"upper", has_case<true>},
}};

const Test* find_test(std::string_view name) {
  const auto found = std::ranges::find(kTests, name, &Test::name);
  return found == kTests.end() ? nullptr : &*found;
}

}  // namespace

bool is_test(std::string_view name) { return find_test(name) != nullptr; }

bool apply_test(std::string_view name, const Value& value, const Arguments& arguments,
                Calls& calls) {
  const Test* test = find_test(name);
  if (!test) refuse("no test named '", name, "'");
  calls.read(value);
  return test->passes(value, arguments, calls);
}

}  // namespace cria::jinja
