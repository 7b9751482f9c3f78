#include "template/go/parser.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "template/common/unicode.h"
#include "template/go/pipeline_parser.h"

namespace cria::go {
namespace {

using Kind = Token::Kind;

// What ends a list of nodes.
enum class Ending { kEnd, kElse };

class Parser {
 public:
  explicit Parser(Program& program) : program_(program), tokens_(program) {}

  void run() {
    NodeList nodes;
    Scope scope;
    while (!tokens_.token().is(Kind::kEnd)) {
      if (accept_define()) {
        parse_definition();
        continue;
      }
      if (parse_node(nodes, scope)) tokens_.fail("unexpected {{", ending_, "}}");
    }
    add(program_.name, std::move(nodes));
  }

 private:
  bool accept_define() {
    const size_t mark = tokens_.mark();
    if (tokens_.token().is(Kind::kLeftDelimiter)) {
      tokens_.take();
      if (tokens_.peek().is_keyword("define")) {
        tokens_.take();
        return true;
      }
    }
    tokens_.back_to(mark);
    return false;
  }

  void parse_definition() {
    const std::string name = parse_text(tokens_, "define clause");
    tokens_.expect(Kind::kRightDelimiter, "define clause");
    parse_template_body(name, "define clause");
  }

  void parse_template_body(const std::string& name, std::string_view context) {
    Scope scope;
    NodeList nodes;
    if (parse_list(nodes, scope) == Ending::kElse) tokens_.fail("unexpected {{else}} in ", context);
    add(name, std::move(nodes));
  }

  static bool is_empty(const NodeList& nodes) {
    return std::ranges::all_of(nodes, [](const Node& node) {
      if (node.kind != Node::Kind::kText) return false;
      std::string_view text = node.text;
      while (!text.empty() && chat::is_white_space(chat::decode_rune(text).code)) {
        text.remove_prefix(chat::decode_rune(text).size);
      }
      return text.empty();
    });
  }

  // An empty template gives way to another of its name; two that are not are an error.
  void add(const std::string& name, NodeList nodes) {
    const auto [known, is_new] = program_.templates.try_emplace(name);
    if (!is_new && !is_empty(known->second)) {
      if (!is_empty(nodes)) tokens_.fail("multiple definition of template ", quote(name));
      return;
    }
    known->second = std::move(nodes);
  }

  Ending parse_list(NodeList& nodes, Scope& scope) {
    const Nesting nesting(tokens_, depth_);
    while (!tokens_.token().is(Kind::kEnd)) {
      if (const auto ending = parse_node(nodes, scope)) return *ending;
    }
    tokens_.fail("unexpected EOF");
  }

  // Adds a node, or takes {{end}} or {{else. After an else the action goes on.
  std::optional<Ending> parse_node(NodeList& nodes, Scope& scope) {
    if (tokens_.token().is(Kind::kText)) {
      const Token& text = tokens_.take();
      nodes.push_back({.kind = Node::Kind::kText,
                       .place = {text.position, text.position + text.text.size()},
                       .text = std::string(text.text)});
      return std::nullopt;
    }
    const size_t begin = tokens_.expect(Kind::kLeftDelimiter, "input").position;
    const Token& first = tokens_.peek();
    if (!first.is(Kind::kKeyword) || first.text == "nil" || first.text == "define") {
      Node node{.kind = Node::Kind::kAction};
      node.pipeline.push_back(parse_pipeline(tokens_, scope, depth_, "command"));
      node.place = node.pipeline[0].place;
      nodes.push_back(std::move(node));
      return std::nullopt;
    }
    const std::string_view keyword = tokens_.take().text;
    if (keyword == "end" || keyword == "else") return parse_ending(keyword);
    nodes.push_back(parse_control(keyword, scope));
    nodes.back().place = {begin, tokens_.end()};
    return std::nullopt;
  }

  Ending parse_ending(std::string_view keyword) {
    ending_ = keyword;
    if (keyword == "else" &&
        (tokens_.peek().is_keyword("if") || tokens_.token().is_keyword("with"))) {
      return Ending::kElse;
    }
    tokens_.expect(Kind::kRightDelimiter, keyword);
    return keyword == "end" ? Ending::kEnd : Ending::kElse;
  }

  Node parse_control(std::string_view keyword, Scope& scope) {
    if (keyword == "if") return parse_branch(Node::Kind::kIf, keyword, scope);
    if (keyword == "with") return parse_branch(Node::Kind::kWith, keyword, scope);
    if (keyword == "range") return parse_branch(Node::Kind::kRange, keyword, scope);
    if (keyword == "template" || keyword == "block") return parse_call(keyword, scope);
    const bool breaks = keyword == "break";
    tokens_.expect(Kind::kRightDelimiter, breaks ? "{{break}}" : "{{continue}}");
    if (scope.ranges == 0) tokens_.fail("{{", keyword, "}} outside {{range}}");
    return {.kind = breaks ? Node::Kind::kBreak : Node::Kind::kContinue};
  }

  Node parse_branch(Node::Kind kind, std::string_view keyword, Scope& scope) {
    const Nesting nesting(tokens_, depth_);
    const size_t variables = scope.variables.size();
    const bool loops = kind == Node::Kind::kRange;
    Node node{.kind = kind};
    node.pipeline.push_back(
        parse_pipeline(tokens_, scope, depth_, keyword, loops ? Declares::kTwo : Declares::kOne));
    scope.ranges += loops;
    const Ending ending = parse_list(node.body, scope);
    scope.ranges -= loops;
    if (ending == Ending::kElse) parse_else(node, keyword, scope);
    scope.variables.resize(variables);
    return node;
  }

  // {{else if ...}} is an if in the else, with one end for both.
  void parse_else(Node& node, std::string_view keyword, Scope& scope) {
    if (node.kind != Node::Kind::kRange && tokens_.token().is_keyword(keyword)) {
      const size_t begin = tokens_.take().position;
      node.otherwise.push_back(parse_branch(node.kind, keyword, scope));
      node.otherwise.back().place = {begin, tokens_.end()};
      return;
    }
    // What else stands there is an action that the list begins with: {{else with ...}} in an if.
    if (tokens_.token().is(Kind::kKeyword)) tokens_.unexpected("else");
    if (parse_list(node.otherwise, scope) == Ending::kElse) {
      tokens_.fail("expected end; found {{else}}");
    }
  }

  Node parse_call(std::string_view keyword, Scope& scope) {
    const std::string context = concat(keyword, " clause");
    Node node{.kind = Node::Kind::kTemplate, .text = parse_text(tokens_, context)};
    if (keyword == "template" && tokens_.peek().is(Kind::kRightDelimiter)) {
      tokens_.take();
      return node;
    }
    node.pipeline.push_back(parse_pipeline(tokens_, scope, depth_, context));
    if (keyword == "block") parse_template_body(node.text, context);
    return node;
  }

  Program& program_;
  TokenStream tokens_;
  std::string_view ending_;
  int depth_ = 0;
};

}  // namespace

std::string location(const Program& program, size_t position) {
  const std::string_view before = std::string_view(program.source).substr(0, position);
  const size_t newline = before.rfind('\n');
  const size_t column = newline == std::string_view::npos ? position : position - newline - 1;
  return concat("template: ", program.name, ":", 1 + std::ranges::count(before, '\n'), ":", column);
}

Program parse(std::string name, std::string source) {
  Program program{std::move(name), std::move(source), {}};
  Parser(program).run();
  return program;
}

}  // namespace cria::go
