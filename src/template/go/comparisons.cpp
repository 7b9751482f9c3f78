// Go's rules of comparison: only what is of one kind compares, and integers whatever their sign.

#include "base/error.h"
#include "template/go/functions.h"

namespace cria::go {
namespace {

using Kind = Value::Kind;

enum class Class { kNone, kBool, kInteger, kFloat, kComplex, kText };

Class class_of(const Value& value) {
  switch (value.kind()) {
    case Kind::kBool:
      return Class::kBool;
    case Kind::kInt:
    case Kind::kByte:
      return Class::kInteger;
    case Kind::kFloat:
      return Class::kFloat;
    case Kind::kComplex:
      return Class::kComplex;
    case Kind::kText:
      return Class::kText;
    default:
      return Class::kNone;
  }
}

bool is_nil(const Value& value) {
  if (value.is(Kind::kList)) return value.list().is_nil;
  if (value.is(Kind::kMap)) return value.map().is_nil;
  return value.is_nothing();
}

// Of values that are no numbers, texts or truth values: they are equal when neither is there.
bool both_nil(const Value& a, const Value& b) {
  if (!a.is_nothing() && !b.is_nothing() && a.kind() != b.kind()) {
    throw CallError(concat("non-comparable types ", type_name(a), ", ", type_name(b)));
  }
  if (is_nil(a) || is_nil(b)) return is_nil(a) && is_nil(b);
  throw CallError("non-comparable type " + type_name(b));
}

[[noreturn]] void incompatible(const Value& a, const Value& b) {
  throw CallError(
      concat("incompatible types for comparison: ", type_name(a), " and ", type_name(b)));
}

bool equal(const Value& a, const Value& b, Calls& calls) {
  if (class_of(a) != class_of(b)) {
    if (a.is_nothing() || b.is_nothing()) return false;
    incompatible(a, b);
  }
  switch (class_of(a)) {
    case Class::kBool:
      return a.boolean() == b.boolean();
    case Class::kInteger:
      return a.integer() == b.integer();
    case Class::kFloat:
      return a.real() == b.real();
    case Class::kComplex:
      return a.complex() == b.complex();
    case Class::kText:
      calls.budget.read(std::min(a.text().size(), b.text().size()));
      return a.text() == b.text();
    case Class::kNone:
      break;
  }
  return both_nil(a, b);
}

}  // namespace

bool is_equal(const Value& first, Arguments others, Calls& calls) {
  if (others.empty()) throw CallError("missing argument for comparison");
  for (const Value& other : others) {
    if (equal(first, other, calls)) return true;
  }
  return false;
}

bool is_less(const Value& a, const Value& b, Calls& calls) {
  if (class_of(a) == Class::kNone || class_of(b) == Class::kNone) {
    throw CallError("invalid type for comparison");
  }
  if (class_of(a) != class_of(b)) incompatible(a, b);
  switch (class_of(a)) {
    case Class::kInteger:
      return a.integer() < b.integer();
    case Class::kFloat:
      return a.real() < b.real();
    case Class::kText:
      calls.budget.read(std::min(a.text().size(), b.text().size()));
      return a.text() < b.text();
    default:
      throw CallError("invalid type for comparison");
  }
}

}  // namespace cria::go
