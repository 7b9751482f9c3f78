#pragma once
// What a server knows about a model, as /show prints it.

#include "client/client.h"
#include "cmd/answerer.h"

namespace cria::cmd {

// Of the answer of /api/show.
std::string remote_text(const client::Json& about, Topic topic);

// Those of the model, as the server writes them, and those that were set.
std::string remote_parameters_text(const std::string& of_model, const modelfile::Parameters& set);

}  // namespace cria::cmd
