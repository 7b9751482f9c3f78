#include "template/go/names.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::go {
namespace {

using Operation = Operand::Kind;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

template <class Visit>
void visit_operands(const Pipeline& pipeline, const Visit& visit) {
  for (const Command& command : pipeline.commands) {
    for (const Operand& operand : command.operands) {
      visit(operand);
      if (operand.kind == Operation::kPipeline) visit_operands(operand.pipeline[0], visit);
    }
  }
}

class Names {
 public:
  explicit Names(const Program& program) : program_(program) {
    for (const auto& [name, nodes] : program.templates) add(nodes);
  }
  std::set<std::string, std::less<>> take() { return std::move(names_); }

 private:
  void add(const NodeList& nodes) {
    for (const Node& node : nodes) {
      if (node.kind == Node::Kind::kTemplate && node.pipeline.empty()) {
        fail(Error::Code::kInvalidArgument, location(program_, node.place.begin),
             ": undefined template specified: ", quote(node.text),
             " is called without an argument, expected one, such as {{ template ", quote(node.text),
             " . }}");
      }
      for (const Pipeline& pipeline : node.pipeline) {
        visit_operands(pipeline, [this](const Operand& operand) { add(operand); });
      }
      add(node.body);
      add(node.otherwise);
    }
  }

  void add(const Operand& operand) {
    if (operand.kind == Operation::kVariable) names_.insert(lower(operand.name));
    if (operand.kind != Operation::kVariable && operand.kind != Operation::kField) return;
    for (const std::string& field : operand.fields) names_.insert(lower(field));
  }

  const Program& program_;
  std::set<std::string, std::less<>> names_;
};

bool begins_with_field(const Operand& operand, std::string_view name) {
  return operand.kind == Operation::kField && operand.fields[0] == name;
}

bool mentions_field(const Pipeline& pipeline, std::string_view name) {
  bool found = false;
  visit_operands(pipeline,
                 [&](const Operand& operand) { found |= begins_with_field(operand, name); });
  return found;
}

std::string stripped(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  return std::string(text.substr(0, text.find_last_not_of(kSpaces) + 1));
}

class ThinkingTags {
 public:
  void find(const NodeList& nodes, bool in_messages) {
    for (const Node& node : nodes) {
      bool inside = in_messages;
      if (node.kind == Node::Kind::kRange) inside = mentions_field(node.pipeline[0], "Messages");
      const bool mentions = !node.pipeline.empty() && mentions_field(node.pipeline[0], "Thinking");
      if (inside && mentions) take_around(nodes);
      find(node.body, inside);
      find(node.otherwise, inside);
    }
  }
  std::pair<std::string, std::string> take() { return {std::move(opening_), std::move(closing_)}; }

 private:
  void take_around(const NodeList& nodes) {
    if (nodes.front().kind == Node::Kind::kText) opening_ = stripped(nodes.front().text);
    if (nodes.back().kind == Node::Kind::kText) closing_ = stripped(nodes.back().text);
  }

  std::string opening_, closing_;
};

bool prints_response(const Operand& operand) {
  return operand.kind == Operation::kField &&
         std::ranges::find(operand.fields, "Response") != operand.fields.end();
}

// True once the answer has been found.
bool cut(NodeList& nodes) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    Node& node = nodes[i];
    bool found = false;
    if (node.kind == Node::Kind::kAction) {
      visit_operands(node.pipeline[0],
                     [&](const Operand& operand) { found |= prints_response(operand); });
    } else {
      const bool in_body = cut(node.body);
      found = cut(node.otherwise) || in_body;
    }
    if (!found) continue;
    nodes.erase(nodes.begin() + static_cast<ptrdiff_t>(i) + 1, nodes.end());
    return true;
  }
  return false;
}

}  // namespace

std::set<std::string, std::less<>> names_in(const Program& program) {
  return Names(program).take();
}

std::pair<std::string, std::string> thinking_tags(const Program& program) {
  ThinkingTags tags;
  tags.find(program.templates.at(program.name), false);
  return tags.take();
}

void cut_after_response(NodeList& nodes) { cut(nodes); }

void append_response(Program& program) {
  const Place end{program.source.size(), program.source.size()};
  Operand response{.kind = Operation::kField, .place = end, .fields = {"Response"}};
  Pipeline pipeline{.place = end};
  pipeline.commands.push_back({{std::move(response)}});
  Node action{.kind = Node::Kind::kAction, .place = end};
  action.pipeline.push_back(std::move(pipeline));
  program.templates.at(program.name).push_back(std::move(action));
}

}  // namespace cria::go
