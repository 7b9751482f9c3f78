// Statements: what a template does.
#include "template/jinja/functions.h"
#include "template/jinja/interpreter.h"
#include "template/jinja/lexer.h"
#include "template/jinja/operators.h"
#include "template/jinja/printer.h"

namespace cria::jinja {

MarkedText Interpreter::run(const Variables& variables) {
  MarkedText out;
  out_ = &out;
  scope_ = std::make_shared<Scope>(nullptr);
  for (const std::string_view known : function_names()) {
    scope_->set(known, function_value(std::string(known)));
  }
  scope_ = std::make_shared<Scope>(scope_);
  for (const auto& [known, value] : variables) scope_->set(known, value);
  try {
    run(program_.body);
  } catch (const Raised& raised) {
    fail(Error::Code::kInvalidArgument, raised.message);
  } catch (const Error& error) {
    fail(error.code(), place_text(program_.name, line_), error.what());
  }
  return out;
}

Interpreter::Flow Interpreter::run(const Block& block) {
  for (const Statement& statement : block) {
    if (const Flow flow = run(statement); flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Interpreter::Flow Interpreter::run(const Statement& statement) {
  using Kind = Statement::Kind;
  const chat::Budget::Level level(budget_);
  budget_.step();
  line_ = statement.line;
  switch (statement.kind) {
    case Kind::kText:
      budget_.text(statement.text.size());
      out_->append(statement.text, true);
      break;
    case Kind::kOutput:
      print(evaluate(*statement.expression));
      break;
    case Kind::kIf:
      return run_if(statement);
    case Kind::kFor:
      return run_loop(statement, evaluate(*statement.expression), scope_, 1);
    case Kind::kSet:
      assign(statement.targets.front(), evaluate(*statement.expression));
      break;
    case Kind::kSetBlock:
    case Kind::kFilter:
      return run_block(statement);
    case Kind::kWith:
    case Kind::kScope:
      return run_with(statement);
    case Kind::kMacro:
      scope_->set(statement.macro->name, make_macro(statement.macro));
      break;
    case Kind::kCall:
      run_call(statement);
      break;
    case Kind::kBreak:
      return Flow::kBreak;
    case Kind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

Interpreter::Flow Interpreter::run_if(const Statement& statement) {
  for (const auto& [condition, body] : statement.branches) {
    if (!condition || truth(evaluate(*condition))) return run(body);
  }
  return Flow::kNext;
}

Interpreter::Flow Interpreter::run_with(const Statement& statement) {
  const Values values = evaluate_all(statement.values);
  const Inside inside(*this, scope_, out_);
  for (size_t i = 0; i < values.size(); ++i) assign(statement.targets[i], values[i]);
  return run(statement.body);
}

// Where a loop is left or goes on in it, what it made is lost.
Interpreter::Flow Interpreter::run_block(const Statement& statement) {
  MarkedText text;
  {
    const Inside inside(*this, scope_, &text);
    if (const Flow flow = run(statement.body); flow != Flow::kNext) return flow;
  }
  Value made = text_value(std::move(text));
  if (statement.expression) {
    const Value* outer = std::exchange(block_, &made);
    made = evaluate(*statement.expression);
    block_ = outer;
  }
  statement.kind == Statement::Kind::kFilter ? print(made)
                                             : assign(statement.targets.front(), made);
  return Flow::kNext;
}

void Interpreter::run_call(const Statement& statement) {
  const Expression& expression = *statement.expression;
  const Value callee = evaluate(*expression.operands.front());
  Arguments given = arguments(expression.arguments);
  given.keywords.emplace_back(MarkedText("caller", true), make_macro(statement.macro));
  print(call(callee, given));
}

void Interpreter::print(const Value& value) { calls_.append(*out_, to_text(value, calls_)); }

void Interpreter::assign(const Target& target, const Value& value) {
  if (!target.attribute.empty()) return assign_attribute(target, value);
  if (!target.name.empty()) return scope_->set(target.name, value);
  check_defined(value);
  const Values items = iterate(value, calls_);
  if (items.size() != target.several.size()) {
    refuse(items.size() > target.several.size() ? "too many" : "not enough",
           " values to unpack (expected ", target.several.size(), ")");
  }
  for (size_t i = 0; i < items.size(); ++i) assign(target.several[i], items[i]);
}

void Interpreter::assign_attribute(const Target& target, const Value& value) {
  const Value* found = scope_->find(target.name);
  auto* names = found && found->is(Value::Kind::kObject)
                    ? dynamic_cast<Namespace*>(&found->object())
                    : nullptr;
  if (!names) refuse("cannot assign attribute on non-namespace object '", target.name, "'");
  if (target.attribute.starts_with('_')) {
    refuse("'", target.attribute, "': attributes of a namespace can not begin with '_'");
  }
  names->attributes.set(target.attribute, value);
}

}  // namespace cria::jinja
