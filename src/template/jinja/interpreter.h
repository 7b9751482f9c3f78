#pragma once
// Runs a parsed template.

#include <ctime>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/common/limits.h"
#include "template/jinja/calls.h"
#include "template/jinja/objects.h"
#include "template/jinja/syntax.h"

namespace cria::jinja {

using Variables = std::vector<std::pair<std::string, Value>>;

class Interpreter {
 public:
  Interpreter(const Program& program, const chat::Limits& limits, std::time_t now)
      : program_(program), budget_(limits), calls_{budget_, now} {}

  // InvalidArgument: "template: NAME:LINE: ...", or just what raise_exception() was given.
  // Unsupported: beyond the limits, or of what is not known here.
  MarkedText run(const Variables& variables);

 private:
  enum class Flow { kNext, kBreak, kContinue };
  class Inside;  // has a scope and an output of its own for as long as it lives

  // statements.cpp
  Flow run(const Block& block);
  Flow run(const Statement& statement);
  Flow run_if(const Statement& statement);
  Flow run_with(const Statement& statement);
  Flow run_block(const Statement& statement);
  void run_call(const Statement& statement);
  void print(const Value& value);
  void assign(const Target& target, const Value& value);
  void assign_attribute(const Target& target, const Value& value);

  // loops.cpp
  Flow run_loop(const Statement& statement, const Value& over, const std::shared_ptr<Scope>& scope,
                int depth);
  bool run_items(LoopObject& loop);
  Values chosen(const Statement& statement, Values items, const std::shared_ptr<Scope>& scope);
  Value call_loop(LoopObject& loop, const Arguments& arguments);
  Value call_loop_method(LoopObject& loop, std::string_view name, const Arguments& arguments);

  // macros.cpp
  Value make_macro(std::shared_ptr<const Macro> macro);
  Value call(const Value& callee, const Arguments& arguments);
  Value call_macro(const MacroObject& object, Arguments arguments);
  Value make_namespace(const Arguments& arguments);
  template <class T>
  T& make_object();

  // evaluation.cpp
  Value evaluate(const Expression& expression);
  Value evaluate_operands(const Expression& expression);
  Value name(const Expression& expression);
  Value dict(const Expression& expression);
  Value compare_chain(const Expression& expression);
  Value filter(const Expression& expression);
  Value conditional(const Expression& expression);
  Value concatenation(const Expression& expression);
  Value slice(const Expression& expression);
  Values evaluate_all(const std::vector<ExpressionPointer>& expressions);
  Arguments arguments(const CallArguments& given);

  const Program& program_;
  chat::Budget budget_;
  Calls calls_;
  int line_ = 1;
  std::shared_ptr<Scope> scope_;
  MarkedText* out_ = nullptr;
  const Value* block_ = nullptr;  // what the filters of a block apply to
  std::deque<std::unique_ptr<Object>> objects_;
};

class Interpreter::Inside {
 public:
  Inside(Interpreter& interpreter, std::shared_ptr<Scope> outer, MarkedText* out)
      : interpreter_(interpreter),
        scope_(std::exchange(interpreter.scope_, std::make_shared<Scope>(std::move(outer)))),
        out_(std::exchange(interpreter.out_, out)) {}
  ~Inside() {
    interpreter_.scope_ = std::move(scope_);
    interpreter_.out_ = out_;
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  Interpreter& interpreter_;
  std::shared_ptr<Scope> scope_;
  MarkedText* out_;
};

template <class T>
T& Interpreter::make_object() {
  // They live as long as the run.
  budget_.text(sizeof(T) + 64);
  auto made = std::make_unique<T>();
  T& object = *made;
  objects_.push_back(std::move(made));
  return object;
}

}  // namespace cria::jinja
