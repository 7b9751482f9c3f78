#include "server/answers/logprobs_json.h"

#include <nlohmann/json.hpp>

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;

// A token may be a part of a character: its bytes tell it exactly, its text as far as there is one.
Json entry(const std::string& token, float logprob) {
  Json bytes = Json::array();
  for (const char c : token) bytes.push_back(static_cast<unsigned char>(c));
  return {{"token", token}, {"logprob", logprob}, {"bytes", bytes}};
}

}  // namespace

Json to_json(const std::vector<TokenLogprob>& tokens) {
  Json list = Json::array();
  for (const TokenLogprob& token : tokens) {
    Json json = entry(token.token, token.logprob);
    json["top_logprobs"] = Json::array();
    for (const auto& [text, logprob] : token.top) {
      json["top_logprobs"].push_back(entry(text, logprob));
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace cria::server
