#pragma once
// The syntax tree of a template.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/jinja/value.h"

namespace cria::jinja {

struct Expression {
  enum class Kind {
    kLiteral,
    kName,
    kList,
    kDict,         // operands: key, value, key, value, ...
    kAttribute,    // a.name
    kItem,         // a[b]
    kSlice,        // a[b:c:d]; absent bounds are null
    kCall,         // a(b, c)
    kFilter,       // a | name(b, c)
    kTest,         // a is name(b)
    kNot,          // not a
    kMinus,        // -a
    kBinary,       // a name b
    kConditional,  // a if b else c; c may be null
  };
  Kind kind = Kind::kLiteral;
  std::string name;  // of what is named: variable, attribute, filter, test, operator
  Value literal;
  std::vector<std::unique_ptr<Expression>> operands;
  std::vector<std::pair<std::string, std::unique_ptr<Expression>>> keywords;
  int height = 1;  // of the tree; limited, because evaluation recurses
};

struct Statement;
using Block = std::vector<Statement>;

struct Statement {
  enum class Kind {
    kText,
    kOutput,
    kIf,
    kFor,
    kSet,
    kBlock,       // a tag around statements that means nothing here
    kOmitted,     // a definition that does nothing by itself
    kUnsupported  // an error, but only when it is reached
  };
  Kind kind = Kind::kText;
  std::string text;                        // kText; kSet and kFor: the variable
  std::string attribute;                   // kSet: of the variable, or empty
  std::unique_ptr<Expression> expression;  // what is written, looped over, or assigned
  std::unique_ptr<Expression> filter;      // kFor: `if`, or null
  std::vector<std::pair<std::unique_ptr<Expression>, Block>>
      branches;  // kIf: in order; a null condition is `else`
  Block body;
};

// Unsupported: syntax beyond what chat templates are made of.
Block parse(std::string_view source);

}  // namespace cria::jinja
