#pragma once
// Requests of the native API, from JSON.

#include "server/fields.h"
#include "server/requests/requests.h"

namespace cria::server::native {

// All errors are InvalidArgument with the place of the field. What nobody knows is in `warnings`.
GenerationRequest read_generate(const Fields& fields);
GenerationRequest read_chat(const Fields& fields);
EmbeddingRequest read_embed(const Fields& fields);
RankRequest read_rank(const Fields& fields);

// "5m", 300, -1: how long a model stays in memory that nobody uses.
KeepAliveChoice read_keep_alive(const Fields& fields);

// Parameters of a Modelfile by name. Unknown ones go to `warnings`.
Options read_options(const Fields& fields, std::vector<std::string>& warnings);

std::vector<Turn> read_messages(const Fields& fields);

// What nobody has asked for becomes a warning each.
void add_unread(const Fields& fields, std::vector<std::string>& warnings);

}  // namespace cria::server::native
