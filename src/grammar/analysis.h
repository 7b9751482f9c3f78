#pragma once
// What can be said of rules before they are compiled.

#include <cstdint>
#include <vector>

#include "grammar/rules.h"

namespace cria::grammar {

struct Facts {
  std::vector<bool> nullable;    // expressions that the empty text fits
  std::vector<bool> productive;  // expressions that some text fits
  // Rules of few short texts ("char ::= [a-z]"): written out where they are used, they are no rules
  // that end within a token.
  std::vector<bool> brief;
};

// Unsupported: a rule that begins with itself.
Facts analyse(const Rules& rules);

}  // namespace cria::grammar
