#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/openai/completion_request.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kExpected = "a text, a list of texts, ids of tokens, or a list of such";

std::vector<int32_t> read_ids(const Json& list, const Fields& fields, std::string_view name) {
  std::vector<int32_t> ids;
  for (const Json& id : list) {
    const bool is_whole = id.is_number_integer();
    const int64_t value = is_whole ? id.get<int64_t>() : -1;
    if (value < 0 || value > INT32_MAX) fields.refuse(name, kExpected);
    ids.push_back(static_cast<int32_t>(value));
  }
  if (ids.empty()) fields.refuse(name, "no empty list");
  return ids;
}

}  // namespace

std::vector<Prompt> read_prompts(const Fields& fields, std::string_view name) {
  const Json& given = fields.need(name);
  if (given.is_string()) return {{.text = given.get<std::string>()}};
  if (!given.is_array()) fields.refuse(name, kExpected);
  if (given.empty()) fields.refuse(name, "no empty list");
  if (given.front().is_number()) return {{.ids = read_ids(given, fields, name)}};
  std::vector<Prompt> prompts;
  for (const Json& one : given) {
    if (one.is_string() && given.front().is_string()) {
      prompts.push_back({.text = one.get<std::string>()});
    } else if (one.is_array() && given.front().is_array()) {
      prompts.push_back({.ids = read_ids(one, fields, name)});
    } else {
      fields.refuse(name, kExpected);
    }
  }
  return prompts;
}

}  // namespace cria::server::openai
