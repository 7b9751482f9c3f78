#pragma once
// Runs a parsed template on data.

#include <ctime>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "template/common/limits.h"
#include "template/go/functions.h"
#include "template/go/syntax.h"

namespace cria::go {

// What a name that a map does not have gives: Go's option "missingkey".
enum class MissingKey {
  kDefault,  // nothing, whose fields are nothing too
  kZero      // the zero value of the map's elements; Ollama's choice
};

class Executor {
 public:
  Executor(const Program& program, MissingKey missing_key, const chat::Limits& limits,
           std::time_t now)
      : program_(program), missing_key_(missing_key), budget_(limits), calls_{budget_, now} {}

  // InvalidArgument: whatever Go refuses to execute. Unsupported: beyond the limits.
  MarkedText run(const Value& data);

 private:
  enum class Flow { kNext, kBreak, kContinue };
  struct Variable {
    std::string_view name;
    Value value;
  };
  using Operands = std::span<const Operand>;

  // executor.cpp: nodes.
  Flow walk(const NodeList& nodes, const Value& dot);
  Flow walk(const Node& node, const Value& dot);
  Flow walk_branch(const Node& node, const Value& dot);
  Flow walk_range(const Node& node, const Value& dot);
  Flow walk_template(const Node& node, const Value& dot);
  bool walk_iterations(const Node& node, const Value& over);
  Flow walk_iteration(const Node& node, const Value& index, const Value& element);
  void print(const Value& value);

  // evaluation.cpp: what is in actions. `dot` is what arguments see, `final` what a pipeline gives
  // as the last argument, or null.
  Value evaluate(const Pipeline& pipeline, const Value& dot);
  Value evaluate(const Operand& operand, Operands arguments, const Value& dot, const Value* final);
  Value fields(Value of, const Operand& operand, Operands arguments, const Value* final);
  Value field(const Value& of, const std::string& name, bool has_arguments);
  Value call(const Operand& operand, Operands arguments, const Value& dot, const Value* final);
  Value choose(bool until, Operands arguments, const Value& dot, const Value* final);
  Value argument(const Operand& operand, const Value& dot, Function::Takes takes);
  Value checked(Value value, Function::Takes takes);
  Value& variable(std::string_view name);

  void at(Place place) { place_ = place; }
  std::string place_text() const;  // where it is, for messages
  template <class... Args>
  [[noreturn]] void fail(const Args&... what) const {
    cria::fail(Error::Code::kInvalidArgument, place_text(), ": ", what...);
  }

  const Program& program_;
  const MissingKey missing_key_;
  chat::Budget budget_;
  Calls calls_;
  std::string_view template_;  // that runs
  Place place_;
  std::vector<Variable> variables_;
  MarkedText out_;
};

}  // namespace cria::go
