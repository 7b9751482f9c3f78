#include "template/go/executor.h"

#include <algorithm>

#include "template/go/printer.h"

namespace cria::go {

using Kind = Value::Kind;

MarkedText Executor::run(const Value& data) {
  template_ = program_.name;
  const Value dot = data.is_nothing() ? Value{} : data;
  variables_ = {{"$", dot}};
  walk(program_.templates.at(program_.name), dot);
  return std::move(out_);
}

Executor::Flow Executor::walk(const NodeList& nodes, const Value& dot) {
  const chat::Budget::Level level(budget_);
  for (const Node& node : nodes) {
    const Flow flow = walk(node, dot);
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Executor::Flow Executor::walk(const Node& node, const Value& dot) {
  budget_.step();
  at(node.place);
  switch (node.kind) {
    case Node::Kind::kText:
      budget_.text(node.text.size());
      out_.append(node.text, true);
      return Flow::kNext;
    case Node::Kind::kAction: {
      // What it declares lives on to the end of the branch around it.
      const Value value = evaluate(node.pipeline[0], dot);
      at(node.place);
      if (node.pipeline[0].variables.empty()) print(value);
      return Flow::kNext;
    }
    case Node::Kind::kIf:
    case Node::Kind::kWith:
      return walk_branch(node, dot);
    case Node::Kind::kRange:
      return walk_range(node, dot);
    case Node::Kind::kTemplate:
      return walk_template(node, dot);
    case Node::Kind::kBreak:
      return Flow::kBreak;
    case Node::Kind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

void Executor::print(const Value& value) {
  const Value shown = value.is_nothing() ? constant_text("<no value>") : value;
  Printer printer(budget_);
  printer.print({&shown, 1});
  out_.append(printer.take());
}

Executor::Flow Executor::walk_branch(const Node& node, const Value& dot) {
  const size_t mark = variables_.size();
  const Value value = evaluate(node.pipeline[0], dot);
  const bool holds = truth(value);
  const bool is_with = node.kind == Node::Kind::kWith;
  const Flow flow = walk(holds ? node.body : node.otherwise, holds && is_with ? value : dot);
  variables_.resize(mark);
  return flow;
}

Executor::Flow Executor::walk_range(const Node& node, const Value& dot) {
  const size_t mark = variables_.size();
  const Value over = evaluate(node.pipeline[0], dot);
  at(node.pipeline[0].place);
  Flow flow = Flow::kNext;
  if (!walk_iterations(node, over)) flow = walk(node.otherwise, dot);
  variables_.resize(mark);
  // A break in the else ends this range; to continue is for one around it.
  return flow == Flow::kBreak ? Flow::kNext : flow;
}

// False when there is nothing to iterate over.
bool Executor::walk_iterations(const Node& node, const Value& over) {
  switch (over.kind()) {
    case Kind::kInvalid:
    case Kind::kNilInterface:
      return false;
    case Kind::kInt:
    case Kind::kByte: {
      const int64_t count = over.integer();
      if (node.pipeline[0].variables.size() > 1) {
        fail("can't use ", count, " to iterate over more than one variable");
      }
      const bool is_byte = over.is(Kind::kByte);
      for (int64_t i = 0; i < count; ++i) {
        const Value number = is_byte ? Value{static_cast<uint8_t>(i)} : int_value(i);
        if (walk_iteration(node, {}, number) == Flow::kBreak) break;
      }
      return count > 0;
    }
    case Kind::kList:
      for (size_t i = 0; i < over.list().items.size(); ++i) {
        const Value index = int_value(static_cast<int64_t>(i));
        if (walk_iteration(node, index, over.list().items[i]) == Flow::kBreak) break;
      }
      return !over.list().items.empty();
    case Kind::kMap:
      for (const auto& [name, element] : over.map().entries) {
        if (walk_iteration(node, text_value(name), element) == Flow::kBreak) break;
      }
      return !over.map().entries.empty();
    default:
      fail("range can't iterate over a value of type ", type_name(over));
  }
}

Executor::Flow Executor::walk_iteration(const Node& node, const Value& index,
                                        const Value& element) {
  budget_.step();
  const Pipeline& pipeline = node.pipeline[0];
  const size_t mark = variables_.size();
  // One variable takes the element, of two the first takes the index.
  if (!pipeline.variables.empty()) {
    const auto set = [&](size_t i, const Value& value) {
      const size_t place = mark - pipeline.variables.size() + i;
      (pipeline.assigns ? variable(pipeline.variables[i]) : variables_[place].value) = value;
    };
    if (pipeline.variables.size() > 1) set(0, index);
    set(pipeline.variables.size() - 1, element);
  }
  const Flow flow = walk(node.body, element);
  variables_.resize(mark);
  return flow;
}

Executor::Flow Executor::walk_template(const Node& node, const Value& dot) {
  const auto found = program_.templates.find(node.text);
  if (found == program_.templates.end()) fail("template ", quote(node.text), " not defined");
  const Value data = node.pipeline.empty() ? Value{} : evaluate(node.pipeline[0], dot);
  const std::string_view outer = std::exchange(template_, found->first);
  // It sees no variables but its own.
  std::vector<Variable> outer_variables = std::exchange(variables_, {{"$", data}});
  walk(found->second, data);
  variables_ = std::move(outer_variables);
  template_ = outer;
  return Flow::kNext;
}

std::string Executor::place_text() const {
  constexpr size_t kLongest = 60;
  const std::string_view source = program_.source;
  std::string_view shown = source.substr(place_.begin, place_.end - place_.begin);
  shown = shown.substr(0, std::min(shown.find('\n'), kLongest));
  const bool is_cut = shown.size() < place_.end - place_.begin;
  return concat(location(program_, place_.begin), ": executing ", quote(template_), " at <", shown,
                is_cut ? "..." : "", ">");
}

}  // namespace cria::go
