// Loops, and what is in the variable `loop`.
#include "template/jinja/interpreter.h"
#include "template/jinja/operators.h"

namespace cria::jinja {

// `break` and `continue` of an else are those of the loop around.
Interpreter::Flow Interpreter::run_loop(const Statement& statement, const Value& over,
                                        const std::shared_ptr<Scope>& scope, int depth) {
  Values items = chosen(statement, iterate(over, calls_), scope);
  auto& loop = make_object<LoopObject>();
  loop.statement = &statement;
  loop.scope = scope;
  loop.depth = depth;
  loop.items = std::make_shared<const Values>(std::move(items));
  const bool has_ended_one = run_items(loop);
  // Where a template kept it, it keeps no more than its numbers.
  loop.scope.reset();
  if (has_ended_one) return Flow::kNext;
  const Inside inside(*this, scope, out_);
  return run(statement.otherwise);
}

// Whether the body ran to its end once: else is for the others.
bool Interpreter::run_items(LoopObject& loop) {
  const Statement& statement = *loop.statement;
  bool has_ended_one = false;
  for (loop.index = 0; loop.index < loop.items->size(); ++loop.index) {
    budget_.step();
    const Inside inside(*this, loop.scope, out_);
    scope_->set("loop", object_value(loop));
    line_ = statement.line;
    assign(statement.targets.front(), (*loop.items)[loop.index]);
    const Flow flow = run(statement.body);
    if (flow == Flow::kBreak) break;
    has_ended_one = has_ended_one || flow == Flow::kNext;
  }
  return has_ended_one;
}

Values Interpreter::chosen(const Statement& statement, Values items,
                           const std::shared_ptr<Scope>& scope) {
  if (!statement.condition) return items;
  Values kept;
  for (Value& item : items) {
    const Inside inside(*this, scope, out_);
    assign(statement.targets.front(), item);
    if (truth(evaluate(*statement.condition))) kept.push_back(std::move(item));
  }
  return kept;
}

Value Interpreter::call_loop(LoopObject& loop, const Arguments& arguments) {
  const Bound bound("loop", arguments, {"iterable"}, 1);
  if (!loop.statement->is_recursive || !loop.scope) {
    refuse("the loop must have the 'recursive' marker to be called");
  }
  MarkedText made;
  {
    const Inside inside(*this, scope_, &made);
    const std::shared_ptr<Scope> scope = loop.scope;
    run_loop(*loop.statement, bound.at(0), scope, loop.depth + 1);
  }
  return text_value(std::move(made));
}

Value Interpreter::call_loop_method(LoopObject& loop, std::string_view name,
                                    const Arguments& arguments) {
  const Values& given = arguments.positional;
  if (!arguments.keywords.empty()) refuse("loop.", name, "() takes no named arguments");
  if (name == "cycle") {
    if (given.empty()) refuse("no items for cycling given");
    return given[loop.index % given.size()];
  }
  const bool is_same =
      loop.was_asked && equal(list_value(loop.changed_before), list_value(given), calls_);
  loop.was_asked = true;
  loop.changed_before = given;
  return bool_value(!is_same);
}

}  // namespace cria::jinja
