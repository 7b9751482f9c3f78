#pragma once
// The syntax tree of a Jinja template.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "template/jinja/value.h"

namespace cria::jinja {

struct Expression;
using ExpressionPointer = std::unique_ptr<Expression>;

// What stands in the parentheses of calls, filters and tests.
struct CallArguments {
  std::vector<ExpressionPointer> positional = {};
  std::vector<std::pair<std::string, ExpressionPointer>> keywords = {};
  ExpressionPointer more = {};           // *a
  ExpressionPointer more_keywords = {};  // **a
};

struct Expression {
  enum class Kind {
    kLiteral,
    kName,
    kList,
    kTuple,
    kDict,         // operands: key, value, key, value, ...
    kAttribute,    // a.name
    kItem,         // a[b]
    kSlice,        // a[b:c:d]; absent bounds are null
    kCall,         // a(arguments)
    kFilter,       // a | name(arguments); a is null in blocks
    kTest,         // a is name(arguments)
    kNot,          // not a
    kSign,         // name a: + or -
    kArithmetic,   // a name b
    kConcat,       // a ~ b ~ ...
    kComparison,   // a names[0] b names[1] c ...
    kAnd,          // a and b
    kOr,           // a or b
    kConditional,  // a if b else c; c may be null
  };
  Kind kind = Kind::kLiteral;
  int line = 1;
  std::string name = {};
  Value literal = {};
  std::vector<ExpressionPointer> operands = {};
  std::vector<std::string> comparisons = {};
  CallArguments arguments = {};
  int height = 1;  // of the tree; bounded, because evaluation recurses
};

// What is assigned to: a name, an attribute of a namespace, or several in a tuple.
struct Target {
  std::string name = {};  // empty for several
  std::string attribute = {};
  std::vector<Target> several = {};
};

struct Statement;
using Block = std::vector<Statement>;

struct Macro;

struct Statement {
  enum class Kind {
    kText,
    kOutput,
    kIf,
    kFor,
    kSet,       // targets[0] = expression
    kSetBlock,  // targets[0] = what body makes, through the filters of expression
    kWith,      // targets[i] = values[i], in body
    kScope,     // a tag around statements that only has names of its own
    kFilter,    // what body makes, through the filters of expression
    kMacro,
    kCall,  // expression calls, with macro as its caller
    kBreak,
    kContinue
  };
  Kind kind = Kind::kText;
  int line = 1;
  std::string text = {};
  ExpressionPointer expression = {};  // what is written, looped over, or assigned
  ExpressionPointer condition = {};   // kFor: `if`, or null
  bool is_recursive = false;
  std::vector<Target> targets = {};
  std::vector<ExpressionPointer> values = {};
  // kIf: in order; a null condition is `else`.
  std::vector<std::pair<ExpressionPointer, Block>> branches = {};
  Block body = {}, otherwise = {};
  std::shared_ptr<const Macro> macro = {};
};

struct Parameter {
  std::string name;
  ExpressionPointer preset = {};
};

struct Macro {
  std::string name = {};
  std::vector<Parameter> parameters = {};
  Block body = {};
  // Which of these names its body reads.
  bool takes_more = false, takes_keywords = false, takes_caller = false;
};

struct Program {
  std::string name;  // for messages
  Block body;
};

}  // namespace cria::jinja
