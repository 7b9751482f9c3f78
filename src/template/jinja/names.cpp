#include "template/jinja/names.h"

#include <algorithm>
#include <vector>

namespace cria::jinja {
namespace {

using Kind = Expression::Kind;

const std::string* literal_text(const ExpressionPointer& expression) {
  const bool is_text =
      expression && expression->kind == Kind::kLiteral && expression->literal.is_text();
  return is_text ? &expression->literal.text() : nullptr;
}

class Reader {
 public:
  Reads take() { return std::move(reads_); }

  void read(const Block& block) {
    for (const Statement& statement : block) read(statement);
  }

  void read(const Macro& macro) {
    const size_t bound = bound_.size();
    for (const Parameter& parameter : macro.parameters) {
      read(parameter.preset);
      bound_.push_back(parameter.name);
    }
    read(macro.body);
    bound_.resize(bound);
  }

 private:
  void bind(const Target& target) {
    if (!target.name.empty()) bound_.push_back(target.name);
    for (const Target& one : target.several) bind(one);
  }

  void read(const Statement& statement) {
    read(statement.expression);
    for (const ExpressionPointer& value : statement.values) read(value);
    const size_t bound = bound_.size();
    const bool binds =
        statement.kind == Statement::Kind::kFor || statement.kind == Statement::Kind::kWith;
    if (binds) {
      for (const Target& target : statement.targets) bind(target);
    }
    read(statement.condition);
    read(statement.body);
    bound_.resize(bound);
    read(statement.otherwise);
    for (const auto& [condition, body] : statement.branches) {
      read(condition);
      read(body);
    }
    if (statement.macro) read(*statement.macro);
  }

  void read(const ExpressionPointer& pointer) {
    if (!pointer) return;
    const Expression& expression = *pointer;
    note(expression);
    for (const ExpressionPointer& operand : expression.operands) read(operand);
    for (const ExpressionPointer& value : expression.arguments.positional) read(value);
    for (const auto& [name, value] : expression.arguments.keywords) read(value);
    read(expression.arguments.more);
    read(expression.arguments.more_keywords);
  }

  void note(const Expression& expression) {
    if (expression.kind == Kind::kName) {
      const bool is_bound = std::ranges::find(bound_, expression.name) != bound_.end();
      if (!is_bound) reads_.variables.insert(expression.name);
    } else if (expression.kind == Kind::kAttribute) {
      reads_.fields.insert(expression.name);
    } else if (expression.kind == Kind::kItem) {
      if (const std::string* name = literal_text(expression.operands[1])) {
        reads_.fields.insert(*name);
      }
    } else if (expression.kind == Kind::kComparison) {
      const std::string& op = expression.comparisons.front();
      const std::string* text = literal_text(expression.operands[0]);
      if (!text || (op != "in" && op != "not in")) return;
      reads_.fields.insert(*text);
      reads_.sought.insert(*text);
    } else if (expression.kind == Kind::kCall) {
      note_call(expression);
    }
  }

  void note_call(const Expression& call) {
    const Expression& callee = *call.operands[0];
    if (callee.kind != Kind::kAttribute || call.arguments.positional.empty()) return;
    const std::string* text = literal_text(call.arguments.positional[0]);
    if (!text) return;
    if (callee.name == "get") reads_.fields.insert(*text);
    if (callee.name == "split") reads_.sought.insert(*text);
  }

  std::vector<std::string> bound_;
  Reads reads_;
};

}  // namespace

Reads reads_of(const Program& program) {
  Reader reader;
  reader.read(program.body);
  return reader.take();
}

bool reads_name(const Macro& macro, std::string_view name) {
  Reader reader;
  reader.read(macro);
  return reader.take().variables.contains(name);
}

}  // namespace cria::jinja
