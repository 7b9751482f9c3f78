#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "server/answers/native_writer.h"
#include "server/native/read.h"
#include "server/native/routes.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "server/respond.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;

// The request's JSON outlives what reads it.
struct Asked {
  explicit Asked(const Call& call) : json(Fields::parse(call.request.body)), fields(json, "") {}
  Json json;
  Fields fields;
};

void generate(Service& service, Call& call, bool chat) {
  const Asked asked(call);
  GenerationRequest request = chat ? read_chat(asked.fields) : read_generate(asked.fields);
  const bool stream = asked.fields.flag("stream", true);
  NativeWriter writer({.model = request.model, .chat = chat, .stream = stream});
  service.generate(call, std::move(request), writer, stream);
}

void embed(Service& service, Call& call) {
  const Asked asked(call);
  const EmbeddingRequest request = read_embed(asked.fields);
  const Embeddings made = service.embed(call, request);
  Json json = {{"model", request.model},
               {"embeddings", made.vectors},
               {"total_duration", made.total.count()},
               {"load_duration", made.load.count()},
               {"prompt_eval_count", made.tokens}};
  if (!made.warnings.empty()) json["warnings"] = made.warnings;
  respond(call, json);
}

// The older one: a text, and its vector as long as it is.
void embeddings(Service& service, Call& call) {
  const Asked asked(call);
  EmbeddingRequest request{.model = asked.fields.needed_text("model"), .normalize = false};
  const std::string prompt = asked.fields.text("prompt");
  if (!prompt.empty()) request.inputs = {{.text = prompt}};
  read_options(asked.fields, request.options, request.warnings);
  request.keep_alive = read_keep_alive(asked.fields);
  warn_of_unread(request.warnings, asked.fields);
  const Embeddings made = service.embed(call, request);
  Json json = {{"embedding", made.vectors.empty() ? Json::array() : Json(made.vectors[0])}};
  if (!made.warnings.empty()) json["warnings"] = made.warnings;
  respond(call, json);
}

void rerank(Service& service, Call& call) {
  const Asked asked(call);
  RankRequest request = read_rank(asked.fields);
  const int64_t top = asked.fields.integer("top_n", 0, 0, INT32_MAX);
  const bool with_documents = asked.fields.flag("return_documents", false);
  warn_of_unread(request.warnings, asked.fields);
  const Ranking ranking = service.rank(call, request);
  std::vector<size_t> order(ranking.scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(
      order, [&](size_t a, size_t b) { return ranking.scores[a] > ranking.scores[b]; });
  if (top > 0) order.resize(std::min(order.size(), static_cast<size_t>(top)));
  Json results = Json::array();
  for (const size_t index : order) {
    Json result = {{"index", index}, {"relevance_score", ranking.scores[index]}};
    if (with_documents) result["document"] = request.documents[index];
    results.push_back(std::move(result));
  }
  Json json = {{"model", request.model},
               {"results", results},
               {"total_duration", ranking.total.count()},
               {"load_duration", ranking.load.count()},
               {"prompt_eval_count", ranking.tokens}};
  if (!ranking.warnings.empty()) json["warnings"] = ranking.warnings;
  respond(call, json);
}

}  // namespace

std::vector<Route> inference_routes(Service& service) {
  const auto route = [&service](const char* path, void (*answer)(Service&, Call&)) {
    return Route{"POST", path, Scope::kInference,
                 [&service, answer](Call& call) { answer(service, call); }};
  };
  return {
      route("/api/generate", [](Service& s, Call& call) { generate(s, call, false); }),
      route("/api/chat", [](Service& s, Call& call) { generate(s, call, true); }),
      route("/api/embed", embed),
      route("/api/embeddings", embeddings),
      route("/api/rerank", rerank),
  };
}

}  // namespace cria::server::native
