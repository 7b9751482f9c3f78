#include "template/jinja/template.h"

#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "template/jinja/functions.h"

namespace cria::jinja {
namespace {

// Far more than any chat template takes for a conversation of a few messages.
constexpr int kMaxSteps = 20'000;
constexpr size_t kMaxText = size_t{1} << 16;

using Kind = Expression::Kind;

class Evaluator {
 public:
  explicit Evaluator(const Dict& variables) : scopes_{variables} {}

  std::string run(const Block& program) {
    execute(program);
    return std::move(output_);
  }

 private:
  void count_step() {
    if (++steps_ > kMaxSteps) fail_unsupported("too many steps");
  }

  void execute(const Block& block) {
    for (const Statement& statement : block) execute(statement);
  }

  void execute(const Statement& statement) {
    count_step();
    switch (statement.kind) {
      case Statement::Kind::kText:
        return write(statement.text);
      case Statement::Kind::kOutput:
        return write(to_text(evaluate(*statement.expression)));
      case Statement::Kind::kIf:
        return execute_if(statement);
      case Statement::Kind::kFor:
        return execute_for(statement);
      case Statement::Kind::kSet:
        return execute_set(statement);
      case Statement::Kind::kBlock:
        return execute(statement.body);
      case Statement::Kind::kOmitted:
        return;
      case Statement::Kind::kUnsupported:
        fail_unsupported("a statement that is not known");
    }
  }

  void write(const std::string& text) {
    output_ += text;
    if (output_.size() > kMaxText) fail_unsupported("too much text");
  }

  void execute_if(const Statement& statement) {
    for (const auto& [condition, body] : statement.branches) {
      if (condition && !truth(evaluate(*condition))) continue;
      return execute(body);
    }
  }

  void execute_for(const Statement& statement) {
    const Value iterated = evaluate(*statement.expression);
    const auto* found = std::get_if<std::shared_ptr<List>>(&iterated);
    if (!found) fail_unsupported("loop over what is no list");
    List items;
    for (const Value& value : **found) {
      scopes_.push_back({{statement.text, value}});
      if (!statement.filter || truth(evaluate(*statement.filter))) items.push_back(value);
      scopes_.pop_back();
    }
    for (size_t i = 0; i < items.size(); ++i) {
      scopes_.push_back({{statement.text, items[i]}, {"loop", loop_variable(items, i)}});
      execute(statement.body);
      scopes_.pop_back();
    }
  }

  static Value loop_variable(const List& items, size_t i) {
    const auto index = static_cast<int64_t>(i);
    const auto size = static_cast<int64_t>(items.size());
    return dict({{"index", index + 1},
                 {"index0", index},
                 {"revindex", size - index},
                 {"revindex0", size - index - 1},
                 {"first", index == 0},
                 {"last", index + 1 == size},
                 {"length", size},
                 {"previtem", i > 0 ? items[i - 1] : Value(Undefined{})},
                 {"nextitem", i + 1 < items.size() ? items[i + 1] : Value(Undefined{})}});
  }

  void execute_set(const Statement& statement) {
    Value value = evaluate(*statement.expression);
    if (statement.attribute.empty()) {
      scopes_.back().insert_or_assign(statement.text, std::move(value));
      return;
    }
    const Value object = variable(statement.text);
    const auto* space = std::get_if<std::shared_ptr<Dict>>(&object);
    if (!space || !is<std::shared_ptr<Dict>>(object))
      fail_unsupported("assignment to an attribute");
    // A container inside itself would never be freed.
    if (is<std::shared_ptr<Dict>>(value) || is<std::shared_ptr<List>>(value)) {
      fail_unsupported("assignment of a container to an attribute");
    }
    (*space)->insert_or_assign(statement.attribute, std::move(value));
  }

  // Templates build no nested containers. One inside itself would never be freed, and a deep one
  // not without recursion.
  static void refuse_container(const Value& value) {
    if (is_container(value)) fail_unsupported("a list or dict inside another");
  }

  Value variable(const std::string& name) const {
    for (size_t i = scopes_.size(); i-- > 0;) {
      if (const auto found = scopes_[i].find(name); found != scopes_[i].end()) return found->second;
    }
    return Undefined{};
  }

  Value evaluate(const Expression& expression) {
    count_step();
    switch (expression.kind) {
      case Kind::kLiteral:
        return expression.literal;
      case Kind::kName:
        return variable(expression.name);
      case Kind::kList:
        return evaluate_list(expression);
      case Kind::kDict:
        return evaluate_dict(expression);
      case Kind::kAttribute:
        return item(operand(expression, 0), expression.name);
      case Kind::kItem:
        return item(operand(expression, 0), operand(expression, 1));
      case Kind::kSlice:
        return slice(operand(expression, 0), operand(expression, 1), operand(expression, 2),
                     operand(expression, 3));
      case Kind::kCall:
        return evaluate_call(expression);
      case Kind::kFilter:
        if (!expression.keywords.empty()) fail_unsupported("keywords of a filter");
        return apply_filter(expression.name, operand(expression, 0), evaluate_all(expression, 1));
      case Kind::kTest:
        if (expression.operands.size() > 1) fail_unsupported("arguments of a test");
        return apply_test(expression.name, operand(expression, 0));
      case Kind::kNot:
        return !truth(operand(expression, 0));
      case Kind::kMinus:
        return apply_operator("-", int64_t{0}, operand(expression, 0));
      case Kind::kBinary:
        return evaluate_binary(expression);
      case Kind::kConditional:
        if (truth(operand(expression, 1))) return operand(expression, 0);
        return expression.operands[2] ? operand(expression, 2) : Value(Undefined{});
    }
    return Undefined{};
  }

  // None for an operand that is absent.
  Value operand(const Expression& expression, size_t index) {
    const auto& child = expression.operands[index];
    return child ? evaluate(*child) : Value(None{});
  }

  List evaluate_all(const Expression& expression, size_t first) {
    List values;
    for (size_t i = first; i < expression.operands.size(); ++i) {
      values.push_back(operand(expression, i));
    }
    return values;
  }

  Value evaluate_list(const Expression& expression) {
    List items = evaluate_all(expression, 0);
    for (const Value& value : items) refuse_container(value);
    return list(std::move(items));
  }

  Value evaluate_dict(const Expression& expression) {
    Dict items;
    for (size_t i = 0; i < expression.operands.size(); i += 2) {
      Value value = operand(expression, i + 1);
      refuse_container(value);
      items.insert_or_assign(to_text(operand(expression, i)), std::move(value));
    }
    return dict(std::move(items));
  }

  Value evaluate_binary(const Expression& expression) {
    Value left = operand(expression, 0);
    if (expression.name == "and") return truth(left) ? operand(expression, 1) : left;
    if (expression.name == "or") return truth(left) ? left : operand(expression, 1);
    Value result = apply_operator(expression.name, left, operand(expression, 1));
    const auto* text = std::get_if<std::string>(&result);
    if (text && text->size() > kMaxText) fail_unsupported("too much text");
    return result;
  }

  Value evaluate_call(const Expression& expression) {
    const Expression& callee = *expression.operands[0];
    const List arguments = evaluate_all(expression, 1);
    if (callee.kind == Kind::kAttribute && expression.keywords.empty()) {
      return call_method(operand(callee, 0), callee.name, arguments);
    }
    if (callee.kind == Kind::kName && callee.name == "namespace" && arguments.empty()) {
      Dict items;
      for (const auto& [name, keyword] : expression.keywords) {
        Value value = evaluate(*keyword);
        refuse_container(value);
        items.insert_or_assign(name, std::move(value));
      }
      return dict(std::move(items));
    }
    if (callee.kind == Kind::kName && callee.name == "raise_exception" && arguments.size() == 1) {
      fail_unsupported("it says " + quote(to_text(arguments[0])));
    }
    fail_unsupported("call of " + quote(callee.name));
  }

  std::vector<Dict> scopes_;  // innermost last
  std::string output_;
  int steps_ = 0;
};

}  // namespace

std::string Template::render(const Dict& variables) const {
  return Evaluator(variables).run(program_);
}

}  // namespace cria::jinja
