#pragma once
// The syntax tree of a Go template.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "template/go/value.h"

namespace cria::go {

// A stretch of the source.
struct Place {
  size_t begin = 0, end = 0;
};

// In this order: clang wants types that are complete where vectors of them have braces.
struct Operand;

struct Command {
  std::vector<Operand> operands;  // at least one; the others are arguments
};

struct Pipeline {
  Place place{};
  std::vector<std::string> variables{};  // that it declares or assigns to: none, one or two
  bool assigns = false;
  std::vector<Command> commands{};
};

struct Operand {
  enum class Kind {
    kConstant,
    kNil,
    kDot,
    kField,     // .A.B
    kVariable,  // $name.A.B
    kFunction,  // name
    kPipeline,  // ( ... )
    kChain      // ( ... ).A.B, or name.A.B
  };
  Kind kind = Kind::kDot;
  Place place{};
  Value constant{};    // invalid: an integer that fits in no int
  std::string name{};  // of the function or variable, with the dollar
  std::vector<std::string> fields{};
  std::vector<Pipeline> pipeline{};  // one, or none: the chain begins with a function
};

struct Node;
using NodeList = std::vector<Node>;

struct Node {
  enum class Kind { kText, kAction, kIf, kWith, kRange, kTemplate, kBreak, kContinue };
  Kind kind = Kind::kText;
  Place place{};
  std::string text{};                // of kText; of kTemplate: its name
  std::vector<Pipeline> pipeline{};  // one, or none in a template without an argument
  NodeList body{}, otherwise{};
};

// The parts of a source: the template itself and those that it defines, by name.
struct Program {
  std::string name;  // of the template itself, and of the source in messages
  std::string source;
  std::map<std::string, NodeList, std::less<>> templates;
};

// "template: NAME:LINE:COLUMN", columns counted from 0 as Go does.
std::string location(const Program& program, size_t position);

}  // namespace cria::go
