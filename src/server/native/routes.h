#pragma once
// The native API: Ollama's routes, and a few that it lacks.

#include <functional>
#include <string>
#include <vector>

#include "server/inference/models.h"
#include "server/router.h"
#include "server/service.h"

namespace cria::server::native {

// generate, chat, embed, embeddings, rerank.
std::vector<Route> inference_routes(Service& service);
// tokenize, detokenize.
std::vector<Route> token_routes(const Models& models);
// tags, show, ps, copy, delete.
std::vector<Route> model_routes(const Models& models);
// create, blobs.
std::vector<Route> create_routes(const Models& models);
// What is not there, with the reason: pull and push, and accounts elsewhere.
std::vector<Route> missing_routes();

}  // namespace cria::server::native
