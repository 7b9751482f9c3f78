#pragma once
// What a grammar of a stranger may cost. Beyond it, compiling or matching ends with an error.

#include <cstddef>
#include <cstdint>

namespace cria::grammar {

struct Limits {
  size_t text = size_t{1} << 20;  // bytes of a schema, a regular expression or a GBNF grammar
  size_t nesting = 100;           // of its groups or values
  size_t expressions = 400'000;   // parts of all rules
  size_t states = 500'000;        // of the compiled grammar, and as many edges between them
};

// Of matching: one grammar over one vocabulary.
struct MatchLimits {
  size_t memory = size_t{64} << 20;   // bytes of states and masks that are kept for later
  size_t growth = size_t{256} << 20;  // bytes that one mask or one token adds to them
  size_t work = 25'000'000;           // steps of one mask or one token
  uint32_t depth = 1000;              // rules within rules, as of JSON's brackets
};

}  // namespace cria::grammar
