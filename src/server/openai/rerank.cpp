#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/error.h"
#include "server/openai/embeddings.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "server/requests/warnings.h"
#include "server/respond.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;

struct AskedRanking {
  RankRequest request;
  size_t best = 0;
  bool with_documents = true;
};

// Texts, or objects with one.
std::vector<std::string> read_documents(const Fields& fields, Warnings& warnings) {
  static_cast<void>(fields.need("documents"));
  const Json& list = *fields.array("documents");
  if (list.empty()) fields.refuse("documents", "no empty list");
  std::vector<std::string> documents;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].is_string()) {
      documents.push_back(list[i].get<std::string>());
      continue;
    }
    const Fields document(list[i], concat("documents[", i, ']'));
    static_cast<void>(document.need("text"));
    documents.push_back(document.text("text"));
    warn_of_unread(warnings, document);
  }
  return documents;
}

AskedRanking read(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  AskedRanking asked;
  RankRequest& request = asked.request;
  request.model = fields.needed_text("model");
  request.query = fields.needed_text("query");
  request.documents = read_documents(fields, request.warnings);
  const auto count = static_cast<int64_t>(request.documents.size());
  asked.best = static_cast<size_t>(std::min(count, fields.integer("top_n", count, 1, INT32_MAX)));
  asked.with_documents = fields.flag("return_documents", true);
  request.truncate = fields.flag("truncate", true);
  read_options(fields, request.options, request.warnings);
  read_loose_options(fields, request.options);
  request.keep_alive = read_keep_alive(fields);
  warn_of_unread(request.warnings, fields);
  return asked;
}

}  // namespace

void answer_rerank(Service& service, Call& call) {
  const AskedRanking asked = read(call.request.body);
  const Ranking ranking = service.rank(call, asked.request);
  std::vector<size_t> order(ranking.scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, std::greater<>(), [&](size_t i) { return ranking.scores[i]; });
  order.resize(std::min(order.size(), asked.best));
  Json json = {{"model", asked.request.model}, {"object", "list"}, {"results", Json::array()}};
  for (const size_t i : order) {
    Json one = {{"index", i}, {"relevance_score", ranking.scores[i]}};
    if (asked.with_documents) one["document"] = {{"text", asked.request.documents[i]}};
    json["results"].push_back(std::move(one));
  }
  json["usage"] = {{"prompt_tokens", ranking.tokens}, {"total_tokens", ranking.tokens}};
  if (!ranking.warnings.empty()) json["warnings"] = ranking.warnings;
  respond(call, json);
}

}  // namespace cria::server::openai
