#include "template/jinja/known_names.h"

#include <string_view>

#include "base/error.h"
#include "template/jinja/filters.h"
#include "template/jinja/lexer.h"
#include "template/jinja/tests.h"

namespace cria::jinja {
namespace {

// Jinja2 forgets a branch again in what has names of its own inside of it: loops, macros, blocks.
enum class In { kCode, kBranch };

class Checker {
 public:
  explicit Checker(std::string_view name) : name_(name) {}

  void check(const Block& block, In in) const {
    for (const Statement& statement : block) check(statement, in);
  }

 private:
  void check(const Statement& statement, In in) const {
    using Kind = Statement::Kind;
    const bool has_filters = statement.kind == Kind::kSetBlock || statement.kind == Kind::kFilter;
    check(statement.expression, has_filters ? In::kCode : in);
    check(statement.condition, In::kCode);
    for (const ExpressionPointer& value : statement.values) check(value, in);
    check(statement.body, In::kCode);
    check(statement.otherwise, In::kCode);
    for (const auto& [condition, body] : statement.branches) {
      check(condition, In::kBranch);
      check(body, In::kBranch);
    }
    if (!statement.macro) return;
    for (const Parameter& parameter : statement.macro->parameters) {
      check(parameter.preset, In::kCode);
    }
    check(statement.macro->body, In::kCode);
  }

  void check(const ExpressionPointer& pointer, In in) const {
    if (!pointer) return;
    const Expression& expression = *pointer;
    if (expression.kind == Expression::Kind::kConditional) in = In::kBranch;
    if (in == In::kCode) check_name(expression);
    for (const ExpressionPointer& operand : expression.operands) check(operand, in);
    const CallArguments& arguments = expression.arguments;
    for (const ExpressionPointer& value : arguments.positional) check(value, in);
    for (const auto& [name, value] : arguments.keywords) check(value, in);
    check(arguments.more, in);
    check(arguments.more_keywords, in);
  }

  void check_name(const Expression& expression) const {
    const bool is_filter_here = expression.kind == Expression::Kind::kFilter;
    const bool is_test_here = expression.kind == Expression::Kind::kTest;
    if (is_filter_here ? is_filter(expression.name) : !is_test_here || is_test(expression.name)) {
      return;
    }
    fail(Error::Code::kInvalidArgument, place_text(name_, expression.line), "no ",
         is_filter_here ? "filter" : "test", " named '", expression.name, "'");
  }

  std::string_view name_;
};

}  // namespace

void check_names(const Program& program) { Checker(program.name).check(program.body, In::kCode); }

}  // namespace cria::jinja
