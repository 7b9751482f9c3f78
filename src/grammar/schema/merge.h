#pragma once
// Schemas that hold together: allOf, and what stands beside a $ref, anyOf or oneOf.

#include <string>

#include "grammar/schema/document.h"

namespace cria::grammar {

// A schema that accepts what both accept; neither holds $ref, anyOf, oneOf or allOf at its top, but
// the result may, further down. Unsupported, by name: keywords of both that can not be one.
Json merge(const Json& a, const Json& b, const std::string& pointer);

}  // namespace cria::grammar
