#pragma once
// What a server knows about a model, as `cria show` and /show print it.

#include "client/client.h"
#include "cmd/answerer.h"
#include "cmd/show.h"

namespace cria::cmd {

// Of the answer of /api/show.
std::string remote_text(const client::Json& about, Topic topic);

int show_remote(client::Client& server, const ShowOptions& options);

// Those of the model, as the server writes them, and those that were set.
std::string remote_parameters_text(const std::string& of_model, const modelfile::Parameters& set);

}  // namespace cria::cmd
