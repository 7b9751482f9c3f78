#pragma once
// What the text of an answer is held to.

#include <memory>
#include <optional>

#include "grammar/grammar.h"
#include "runner/engine.h"
#include "server/inference/models.h"
#include "server/requests/requests.h"

namespace cria::server {

struct Restriction {
  std::shared_ptr<const grammar::Grammar> grammar = {};  // null: anything
  std::optional<runner::Thoughts> thoughts = {};         // that may come before
};

// The format that is asked for, or calls of the tools that have to be called. `in_thought`: the
// prompt ends within thoughts. InvalidArgument: both are asked for; Unsupported: nobody knows how
// the model writes calls, or it writes no JSON in them.
Restriction restriction_of(const LoadedText& loaded, const GenerationRequest& request,
                           bool in_thought);

}  // namespace cria::server
