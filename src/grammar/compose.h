#pragma once
// Grammars of parts: texts that are given, and other grammars.

#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "grammar/control_tokens.h"
#include "grammar/grammar.h"
#include "grammar/limits.h"

namespace cria::grammar {

using GrammarPart = std::shared_ptr<const Grammar>;

struct Exactly {
  std::string bytes;
};
// Any bytes, up to the first time that these end them.
struct Until {
  std::string bytes;  // at least one
};
// Up to 16 spaces, tabs and line ends.
struct Space {};

using Part = std::variant<Exactly, Until, Space, GrammarPart>;
using Sequence = std::vector<Part>;

// What fits one of the sequences, part by part. InvalidArgument: more states than the limits allow.
std::shared_ptr<const Grammar> one_of(std::span<const Sequence> sequences,
                                      const Limits& limits = {});

// How a call of one tool is written: its arguments between two texts, in which control tokens may
// stand.
struct CallShape {
  std::string before;
  std::shared_ptr<const Grammar> arguments;
  std::string after;
};

// One call, of any of the tools.
std::shared_ptr<const Grammar> calls_grammar(std::span<const CallShape> shapes,
                                             const ControlTokens& tokens,
                                             const Limits& limits = {});

}  // namespace cria::grammar
