#pragma once
// JSON Schema, and JSON without one. docs/structured-output.md lists what is supported.

#include <memory>
#include <string_view>

#include "grammar/grammar.h"
#include "grammar/limits.h"

namespace cria::grammar {

struct SchemaOptions {
  enum class Whitespace {
    kCompact,  // none
    kFlexible  // behind { [ , : and before } ]: nothing, a space, or a line's end and indentation
  };
  enum class Order {
    kAsGiven,  // properties come in the order in which the schema has them
    kFree      // in any order, for objects of few properties
  };
  Whitespace whitespace = Whitespace::kFlexible;
  Order order = Order::kAsGiven;
};

// JSON values that the schema, a JSON text, accepts. What it says nothing of may be narrower than
// the schema, never wider. InvalidArgument, with the place: no JSON, a keyword's value that makes
// no sense, a schema that nothing fits. Unsupported: a keyword that is unknown or can not be
// honoured, by its name. Also what compile() refuses.
std::shared_ptr<const Grammar> compile_schema(std::string_view text,
                                              const SchemaOptions& options = {},
                                              const Limits& limits = {});

// Any JSON object: what the format "json" asks for.
std::shared_ptr<const Grammar> json_grammar();

}  // namespace cria::grammar
