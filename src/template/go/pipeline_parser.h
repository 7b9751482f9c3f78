#pragma once
// Parses what stands in an action after its keyword.

#include <string_view>

#include "template/go/token_stream.h"

namespace cria::go {

// What may become of variables at the beginning of a pipeline.
enum class Declares { kOne, kTwo };

// Up to the end of the action, which is taken. `context` names the action in messages.
Pipeline parse_pipeline(TokenStream& tokens, Scope& scope, int& depth, std::string_view context,
                        Declares declares = Declares::kOne);

// A quoted text.
std::string parse_text(TokenStream& tokens, std::string_view context);

}  // namespace cria::go
