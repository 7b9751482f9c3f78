#pragma once
// For tests: texts that fit a schema, and texts that do not.

#include <gtest/gtest.h>

#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "grammar/schema/schema.h"
#include "grammar/test_grammar.h"

namespace cria::grammar {

struct Case {
  const char* schema;
  std::vector<std::string_view> fit, not_fit;
};

inline void expect_fits(std::span<const Case> cases, const SchemaOptions& options = {}) {
  for (const auto& [schema, fit, not_fit] : cases) {
    SCOPED_TRACE(schema);
    GrammarPtr grammar;
    try {
      grammar = compile_schema(schema, options);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
      continue;
    }
    for (const auto text : fit) EXPECT_TRUE(fits(grammar, text)) << text;
    for (const auto text : not_fit) EXPECT_FALSE(fits(grammar, text)) << text;
  }
}

}  // namespace cria::grammar
