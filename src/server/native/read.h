#pragma once
// Requests of the native API, from JSON.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/fields.h"
#include "server/requests/requests.h"
#include "server/requests/warnings.h"

namespace cria::server::native {

// All errors are InvalidArgument with the place of the field. What nobody knows is in `warnings`.
GenerationRequest read_generate(const Fields& fields);
GenerationRequest read_chat(const Fields& fields);
EmbeddingRequest read_embed(const Fields& fields);
RankRequest read_rank(const Fields& fields);

// A text by the name that its field has now or the one that it had: clients leave one of them
// empty.
std::string text_of(const Fields& fields, std::string_view name, std::string_view former);
// An empty text is none: clients send all fields that they know.
std::optional<std::string> filled_text(const Fields& fields, std::string_view name);

}  // namespace cria::server::native
