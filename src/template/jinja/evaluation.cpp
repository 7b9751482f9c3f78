// Expressions: what values a template computes.
#include "template/jinja/filters.h"
#include "template/jinja/interpreter.h"
#include "template/jinja/items.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"
#include "template/jinja/tests.h"

namespace cria::jinja {

Value Interpreter::evaluate(const Expression& expression) {
  using Kind = Expression::Kind;
  const chat::Budget::Level level(budget_);
  budget_.step();
  line_ = expression.line;
  switch (expression.kind) {
    case Kind::kLiteral:
      return expression.literal;
    case Kind::kName:
      return name(expression);
    case Kind::kList:
      return list_value(evaluate_all(expression.operands));
    case Kind::kTuple:
      return tuple_value(evaluate_all(expression.operands));
    case Kind::kDict:
      return dict(expression);
    case Kind::kComparison:
      return compare_chain(expression);
    case Kind::kFilter:
      return filter(expression);
    case Kind::kConditional:
      return conditional(expression);
    case Kind::kConcat:
      return concatenation(expression);
    case Kind::kSlice:
      return slice(expression);
    default:
      return evaluate_operands(expression);
  }
}

// Those that begin with the value of their first operand.
Value Interpreter::evaluate_operands(const Expression& expression) {
  using Kind = Expression::Kind;
  Value first = evaluate(*expression.operands[0]);
  switch (expression.kind) {
    case Kind::kAttribute:
      line_ = expression.line;
      return attribute(first, expression.name);
    case Kind::kItem:
      return item(first, evaluate(*expression.operands[1]), calls_);
    case Kind::kCall:
      return call(first, arguments(expression.arguments));
    case Kind::kTest:
      return bool_value(
          apply_test(expression.name, first, arguments(expression.arguments), calls_));
    case Kind::kNot:
      return bool_value(!truth(first));
    case Kind::kSign:
      return with_sign(expression.name, first);
    case Kind::kArithmetic:
      return arithmetic(expression.name, first, evaluate(*expression.operands[1]), calls_);
    case Kind::kAnd:
      return truth(first) ? evaluate(*expression.operands[1]) : first;
    default:
      return truth(first) ? first : evaluate(*expression.operands[1]);
  }
}

Value Interpreter::name(const Expression& expression) {
  const Value* found = scope_->find(expression.name);
  return found ? *found : undefined(concat("'", expression.name, "' is undefined"));
}

Value Interpreter::dict(const Expression& expression) {
  Dict made;
  for (size_t i = 0; i < expression.operands.size(); i += 2) {
    const Value key = evaluate(*expression.operands[i]);
    calls_.read(key);
    made.set(key, evaluate(*expression.operands[i + 1]));
  }
  return dict_value(std::move(made));
}

Value Interpreter::compare_chain(const Expression& expression) {
  Value left = evaluate(*expression.operands[0]);
  for (size_t i = 0; i < expression.comparisons.size(); ++i) {
    Value right = evaluate(*expression.operands[i + 1]);
    if (!compare(left, right, expression.comparisons[i], calls_)) return bool_value(false);
    left = std::move(right);
  }
  return bool_value(true);
}

Value Interpreter::filter(const Expression& expression) {
  const Expression* of = expression.operands[0].get();
  const Value value = of ? evaluate(*of) : *block_;
  const Arguments given = arguments(expression.arguments);
  line_ = expression.line;
  return apply_filter(expression.name, value, given, calls_);
}

Value Interpreter::conditional(const Expression& expression) {
  if (truth(evaluate(*expression.operands[1]))) return evaluate(*expression.operands[0]);
  if (expression.operands[2]) return evaluate(*expression.operands[2]);
  return undefined("an if-expression without else was false");
}

Value Interpreter::concatenation(const Expression& expression) {
  MarkedText made;
  for (const ExpressionPointer& operand : expression.operands) {
    calls_.append(made, to_text(evaluate(*operand), calls_));
  }
  return text_value(std::move(made));
}

Value Interpreter::slice(const Expression& expression) {
  const auto bound = [&](size_t i) {
    return expression.operands[i] ? evaluate(*expression.operands[i]) : none();
  };
  const Value of = bound(0), begin = bound(1), end = bound(2), step = bound(3);
  return jinja::slice(of, begin, end, step, calls_);
}

Values Interpreter::evaluate_all(const std::vector<ExpressionPointer>& expressions) {
  Values values;
  for (const ExpressionPointer& expression : expressions) values.push_back(evaluate(*expression));
  return values;
}

Arguments Interpreter::arguments(const CallArguments& given) {
  Arguments result{.positional = evaluate_all(given.positional)};
  for (const auto& [known, value] : given.keywords) {
    result.keywords.emplace_back(MarkedText(known, true), evaluate(*value));
  }
  if (given.more) {
    for (Value& value : iterate(evaluate(*given.more), calls_)) {
      result.positional.push_back(std::move(value));
    }
  }
  if (given.more_keywords) {
    const Value more = evaluate(*given.more_keywords);
    if (!more.is(Value::Kind::kDict)) refuse("argument after ** must be a mapping");
    for (const auto& [key, value] : more.dict().entries()) {
      if (!key.is_text()) refuse("keywords must be strings");
      result.keywords.emplace_back(key.marked(), value);
    }
  }
  calls_.read(result);
  return result;
}

}  // namespace cria::jinja
