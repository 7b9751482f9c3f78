#include "template/jinja/parser.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "template/jinja/expression_parser.h"
#include "template/jinja/known_names.h"
#include "template/jinja/names.h"
#include "template/jinja/token_stream.h"

namespace cria::jinja {
namespace {

using Kind = Statement::Kind;

constexpr std::array<std::string_view, 7> kRefused = {"include", "import",     "from", "extends",
                                                      "block",   "autoescape", "do"};

class Parser {
 public:
  Parser(std::string_view name, std::string_view source) : tokens_(name, source) {}

  Block run() {
    Block block = statements({});
    if (!tokens_.at(Token::Kind::kEnd)) tokens_.unexpected("text or a tag");
    return block;
  }

 private:
  // Up to a tag of one of the names; the stream is at that name then.
  Block statements(std::initializer_list<std::string_view> ends) {
    Block block;
    while (!tokens_.at(Token::Kind::kEnd)) {
      Statement statement;
      statement.line = tokens_.line();
      if (tokens_.at(Token::Kind::kText)) {
        statement.text = tokens_.take();
      } else if (tokens_.at(Token::Kind::kOutputBegin)) {
        tokens_.take();
        statement.kind = Kind::kOutput;
        statement.expression = parse_tuple(tokens_);
        tokens_.expect(Token::Kind::kOutputEnd, "}}");
      } else {
        tokens_.expect(Token::Kind::kStatementBegin, "{%");
        if (!tokens_.at(Token::Kind::kName)) tokens_.unexpected("the name of a tag");
        if (std::ranges::find(ends, tokens_.token().text) != ends.end()) return block;
        read_tag(statement);
      }
      block.push_back(std::move(statement));
    }
    if (ends.size() != 0) tokens_.unexpected(concat("{% ", *(ends.end() - 1), " %}"));
    return block;
  }

  void end_tag() { tokens_.expect(Token::Kind::kStatementEnd, "%}"); }

  // A body and the tag that ends it.
  Block body(std::string_view end) {
    end_tag();
    Block block = statements({end});
    tokens_.take();
    end_tag();
    return block;
  }

  // One that Python runs as a function of its own: loops around it are out of its reach.
  Block function_body(std::string_view end) {
    const int loops = std::exchange(loops_, 0);
    Block block = body(end);
    loops_ = loops;
    return block;
  }

  void read_tag(Statement& statement) {
    const TokenStream::Nesting nesting(tokens_);
    const std::string& tag = tokens_.token().text;
    if (std::ranges::find(kRefused, tag) != kRefused.end()) {
      tokens_.refuse_as(Error::Code::kUnsupported, "{% ", tag,
                        " %} is not supported in chat templates");
    }
    if (tokens_.accept_name("if")) return read_if(statement);
    if (tokens_.accept_name("for")) return read_for(statement);
    if (tokens_.accept_name("set")) return read_set(statement);
    if (tokens_.accept_name("with")) return read_with(statement);
    if (tokens_.accept_name("macro")) return read_macro(statement);
    if (tokens_.accept_name("call")) return read_call(statement);
    if (tokens_.accept_name("print")) return read_print(statement);
    if (tokens_.accept_name("filter")) {
      statement.kind = Kind::kFilter;
      statement.expression = parse_filters(tokens_);
      statement.body = body("endfilter");
    } else if (tokens_.accept_name("generation")) {
      statement.kind = Kind::kScope;
      statement.body = function_body("endgeneration");
    } else if (tokens_.at_name("break") || tokens_.at_name("continue")) {
      if (loops_ == 0) tokens_.refuse("{% ", tag, " %} stands outside of a loop");
      statement.kind = tokens_.take() == "break" ? Kind::kBreak : Kind::kContinue;
      end_tag();
    } else {
      tokens_.refuse("unknown tag '", tag, "'");
    }
  }

  void read_print(Statement& statement) {
    statement.kind = Kind::kOutput;
    statement.expression = parse_tuple(tokens_);
    end_tag();
  }

  void read_if(Statement& statement) {
    statement.kind = Kind::kIf;
    while (true) {
      ExpressionPointer condition = parse_tuple(tokens_, Conditionals::kNone);
      end_tag();
      statement.branches.emplace_back(std::move(condition), statements({"elif", "else", "endif"}));
      const std::string tag = tokens_.take();
      if (tag == "elif") continue;
      if (tag == "else") statement.branches.emplace_back(nullptr, body("endif"));
      if (tag == "endif") end_tag();
      return;
    }
  }

  void read_for(Statement& statement) {
    statement.kind = Kind::kFor;
    statement.targets.push_back(target("in", false));
    if (!tokens_.accept_name("in")) tokens_.unexpected("in");
    statement.expression = parse_tuple(tokens_, Conditionals::kNone, "recursive");
    if (tokens_.accept_name("if")) statement.condition = parse_expression(tokens_);
    statement.is_recursive = tokens_.accept_name("recursive");
    end_tag();
    ++loops_;
    statement.body = statements({"else", "endfor"});
    --loops_;
    if (tokens_.take() == "endfor") return end_tag();
    statement.otherwise = statement.is_recursive ? function_body("endfor") : body("endfor");
  }

  Target one_target(bool takes_attributes) {
    Target one{.name = tokens_.expect(Token::Kind::kName, "a name")};
    constexpr std::array<std::string_view, 6> kConstants = {"true", "false", "none",
                                                            "True", "False", "None"};
    if (std::ranges::find(kConstants, one.name) != kConstants.end()) {
      tokens_.refuse("can not assign to '", one.name, "'");
    }
    if (takes_attributes && tokens_.accept_operator(".")) {
      one.attribute = tokens_.expect(Token::Kind::kName, "a name");
    }
    return one;
  }

  Target target(std::string_view end, bool takes_attributes) {
    const TokenStream::Nesting nesting(tokens_);
    Target several;
    bool has_comma = false;
    do {
      if (tokens_.at_name(end) || tokens_.at_operator(end)) break;
      if (tokens_.accept_operator("(")) {
        several.several.push_back(target(")", takes_attributes));
        tokens_.expect_operator(")");
      } else {
        several.several.push_back(one_target(takes_attributes));
      }
    } while (tokens_.accept_operator(",") && (has_comma = true));
    if (several.several.empty()) tokens_.unexpected("a name");
    if (has_comma || several.several.size() != 1) return several;
    Target one = std::move(several.several.front());
    return one;
  }

  void read_set(Statement& statement) {
    statement.targets.push_back(target("=", true));
    if (tokens_.accept_operator("=")) {
      statement.kind = Kind::kSet;
      statement.expression = parse_tuple(tokens_);
      return end_tag();
    }
    statement.kind = Kind::kSetBlock;
    if (tokens_.accept_operator("|")) statement.expression = parse_filters(tokens_);
    statement.body = body("endset");
  }

  void read_with(Statement& statement) {
    statement.kind = Kind::kWith;
    while (!tokens_.at(Token::Kind::kStatementEnd)) {
      if (!statement.targets.empty()) tokens_.expect_operator(",");
      statement.targets.push_back(one_target(false));
      tokens_.expect_operator("=");
      statement.values.push_back(parse_expression(tokens_));
    }
    statement.body = body("endwith");
  }

  std::vector<Parameter> parameters() {
    std::vector<Parameter> result;
    tokens_.expect_operator("(");
    while (!tokens_.accept_operator(")")) {
      Parameter parameter{.name = one_target(false).name};
      if (tokens_.accept_operator("=")) {
        parameter.preset = parse_expression(tokens_);
      } else if (!result.empty() && result.back().preset) {
        tokens_.refuse("a parameter without a default behind one with a default");
      }
      result.push_back(std::move(parameter));
      if (!tokens_.at_operator(")")) tokens_.expect_operator(",");
    }
    return result;
  }

  void read_macro_body(Macro& macro, std::string_view end) {
    macro.body = function_body(end);
    const auto reads = [&](std::string_view name) {
      return reads_name(macro, name) &&
             std::ranges::find(macro.parameters, name, &Parameter::name) == macro.parameters.end();
    };
    macro.takes_more = reads("varargs");
    macro.takes_keywords = reads("kwargs");
    macro.takes_caller = reads("caller");
  }

  void read_macro(Statement& statement) {
    statement.kind = Kind::kMacro;
    Macro macro{.name = one_target(false).name};
    macro.parameters = parameters();
    read_macro_body(macro, "endmacro");
    statement.macro = std::make_shared<const Macro>(std::move(macro));
  }

  void read_call(Statement& statement) {
    statement.kind = Kind::kCall;
    Macro caller{.name = "caller"};
    if (tokens_.at_operator("(")) caller.parameters = parameters();
    statement.expression = parse_expression(tokens_);
    if (statement.expression->kind != Expression::Kind::kCall) tokens_.unexpected("a call");
    read_macro_body(caller, "endcall");
    statement.macro = std::make_shared<const Macro>(std::move(caller));
  }

  TokenStream tokens_;
  int loops_ = 0;
};

}  // namespace

Program parse(std::string name, std::string_view source) {
  Block body = Parser(name, source).run();
  Program program{std::move(name), std::move(body)};
  check_names(program);
  return program;
}

}  // namespace cria::jinja
