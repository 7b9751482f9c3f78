#pragma once
// Schemas that hold together: allOf, and what stands beside a $ref, anyOf or oneOf.

#include <string>

#include "grammar/schema/document.h"

namespace cria::grammar {

struct Merged {
  Json schema;
  std::string conflict{};  // why no value fits it, if that is plain from its types and lists
};

// A schema that accepts what both accept; neither holds $ref, anyOf, oneOf or allOf at its top, but
// the result may, further down. Unsupported, by name: keywords of both that can not be one.
// InvalidArgument: a keyword has no such value.
Merged merge(const Json& a, const Json& b, const std::string& pointer);

}  // namespace cria::grammar
