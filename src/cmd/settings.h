#pragma once
// Of a conversation: options of `cria run`, and what /set changes.

#include <memory>
#include <string>

#include "grammar/grammar.h"
#include "serving/generation_options.h"

namespace cria::cmd {

struct Settings {
  serving::GenerationOptions generation;
  std::string system;
  std::shared_ptr<const grammar::Grammar> grammar;  // that answers have to fit; null: any
  bool verbose = false;
};

// "top_k    40", one line per parameter.
std::string parameters_text(const serving::GenerationOptions& options);

}  // namespace cria::cmd
