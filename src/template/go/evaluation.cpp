// Pipelines, commands and operands.

#include <algorithm>

#include "template/go/executor.h"

namespace cria::go {

using Kind = Value::Kind;
using Takes = Function::Takes;

Value Executor::evaluate(const Pipeline& pipeline, const Value& dot) {
  const chat::Budget::Level level(budget_);
  at(pipeline.place);
  Value value;
  for (const Command& command : pipeline.commands) {
    budget_.step();
    const bool is_first = &command == &pipeline.commands.front();
    value = evaluate(command.operands[0], Operands(command.operands).subspan(1), dot,
                     is_first ? nullptr : &value);
    // An interface gives way to what it holds.
    if (value.is(Kind::kNilInterface)) value = {};
  }
  for (const std::string& name : pipeline.variables) {
    if (pipeline.assigns) {
      variable(name) = value;
    } else {
      variables_.push_back({name, value});
    }
  }
  return value;
}

Value Executor::evaluate(const Operand& operand, Operands arguments, const Value& dot,
                         const Value* final) {
  using Operation = Operand::Kind;
  at(operand.place);
  if (operand.kind == Operation::kFunction) return call(operand, arguments, dot, final);
  if (operand.kind == Operation::kField) return fields(dot, operand, arguments, final);
  if (operand.kind == Operation::kChain) {
    const Value of = operand.pipeline.empty() ? call(operand, {}, dot, nullptr)
                                              : evaluate(operand.pipeline[0], dot);
    at(operand.place);
    return fields(of, operand, arguments, final);
  }
  if (operand.kind == Operation::kVariable && !operand.fields.empty()) {
    return fields(variable(operand.name), operand, arguments, final);
  }
  if (!arguments.empty() || final) fail("can't give argument to non-function");
  switch (operand.kind) {
    case Operation::kVariable:
      return variable(operand.name);
    case Operation::kPipeline:
      return evaluate(operand.pipeline[0], dot);
    case Operation::kDot:
      return dot;
    case Operation::kNil:
      fail("nil is not a command");
    default:
      if (operand.constant.is(Kind::kInvalid)) fail("constant overflows int");
      return operand.constant;
  }
}

Value Executor::fields(Value of, const Operand& operand, Operands arguments, const Value* final) {
  for (const std::string& name : operand.fields) {
    const bool is_last = &name == &operand.fields.back();
    of = field(of, name, is_last && (!arguments.empty() || final));
  }
  return of;
}

Value Executor::field(const Value& of, const std::string& name, bool has_arguments) {
  if (of.is(Kind::kInvalid)) return {};
  if (of.is(Kind::kNilInterface)) fail("nil pointer evaluating interface {}.", name);
  const Type* type = type_of(of);
  if (type && type->to_text && name == "String") {
    if (has_arguments) fail("wrong number of args for String: want 0");
    std::string text = type->to_text(of);
    budget_.text(text.size());
    return text_value(MarkedText(std::move(text), false));
  }
  if (of.is(Kind::kMap)) {
    if (has_arguments) fail(name, " is not a method but has arguments");
    if (const Value* found = of.map().find(name)) return *found;
    return missing_key_ == MissingKey::kZero ? of.map().zero : Value{};
  }
  const Value* found = of.is(Kind::kStruct) ? of.fields().find(name) : nullptr;
  if (!found) fail("can't evaluate field ", name, " in type ", type_name(of));
  if (has_arguments) fail(name, " has arguments but cannot be invoked as function");
  return *found;
}

Value Executor::call(const Operand& operand, Operands arguments, const Value& dot,
                     const Value* final) {
  budget_.step();
  const Function& function = *find_function(operand.name);
  const size_t count = arguments.size() + (final ? 1 : 0);
  const size_t fixed = function.fixed.size();
  if (function.rest ? count < fixed : count != fixed) {
    fail("wrong number of args for ", operand.name, ": want ", function.rest ? "at least " : "",
         fixed, " got ", count);
  }
  if (!function.call) return choose(operand.name == "or", arguments, dot, final);
  const auto takes = [&](size_t i) { return i < fixed ? function.fixed[i] : *function.rest; };
  std::vector<Value> values;
  for (const Operand& given : arguments) {
    values.push_back(argument(given, dot, takes(values.size())));
  }
  at(operand.place);
  if (final) values.push_back(checked(*final, takes(values.size())));
  try {
    return function.call(values, calls_);
  } catch (const CallError& error) {
    fail("error calling ", operand.name, ": ", error.what());
  }
}

// `and` and `or`: the first argument whose truth is `until`, or the last one. What comes after it
// is not evaluated.
Value Executor::choose(bool until, Operands arguments, const Value& dot, const Value* final) {
  Value value;
  for (const Operand& given : arguments) {
    value = argument(given, dot, Takes::kAny);
    if (truth(value) == until) return value;
  }
  return final ? *final : value;
}

Value Executor::argument(const Operand& operand, const Value& dot, Takes takes) {
  at(operand.place);
  if (operand.kind == Operand::Kind::kNil) {
    if (takes == Takes::kText) fail("cannot assign nil to string");
    return {};
  }
  return checked(evaluate(operand, {}, dot, nullptr), takes);
}

Value Executor::checked(Value value, Takes takes) {
  if (takes == Takes::kAny || value.is(Kind::kText)) return value;
  if (value.is(Kind::kInvalid)) fail("invalid value; expected string");
  fail("wrong type for value; expected string; got ", type_name(value));
}

Value& Executor::variable(std::string_view name) {
  const auto found =
      std::ranges::find(variables_.rbegin(), variables_.rend(), name, &Variable::name);
  if (found == variables_.rend()) fail("undefined variable: ", name);
  return found->value;
}

}  // namespace cria::go
