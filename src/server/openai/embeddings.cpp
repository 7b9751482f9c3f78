#include "server/openai/embeddings.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/error.h"
#include "server/openai/completion_request.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "server/requests/warnings.h"
#include "server/respond.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
constexpr int64_t kMostDimensions = 1 << 20;

struct AskedEmbeddings {
  EmbeddingRequest request;
  bool in_base64 = false;
};

AskedEmbeddings read(std::string_view body) {
  const Json json = Fields::parse(body);
  const Fields fields(json, "");
  EmbeddingRequest request;
  request.model = fields.needed_text("model");
  request.inputs = read_prompts(fields, "input");
  request.dimensions = fields.integer("dimensions", 0, 1, kMostDimensions);
  request.truncate = fields.flag("truncate", true);
  read_options(fields, request.options, request.warnings);
  read_loose_options(fields, request.options);
  request.keep_alive = read_keep_alive(fields);
  const std::string format = fields.text("encoding_format", "float");
  if (format != "float" && format != "base64") {
    fields.refuse("encoding_format", R"("float" or "base64")");
  }
  accept(fields, {"user"});
  warn_of_unread(request.warnings, fields);
  return {std::move(request), format == "base64"};
}

// The bytes of 32-bit floats, the lowest first.
std::string bytes_of(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float value : vector) {
    const auto bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift);
  }
  return bytes;
}

}  // namespace

void answer_embeddings(Service& service, Call& call) {
  const AskedEmbeddings asked = read(call.request.body);
  const Embeddings embeddings = service.embed(call, asked.request);
  Json json = {{"object", "list"}, {"data", Json::array()}};
  for (size_t i = 0; i < embeddings.vectors.size(); ++i) {
    const std::vector<float>& vector = embeddings.vectors[i];
    Json one = {{"object", "embedding"}, {"index", i}};
    one["embedding"] = asked.in_base64 ? Json(encode_base64(bytes_of(vector))) : Json(vector);
    json["data"].push_back(std::move(one));
  }
  json["model"] = asked.request.model;
  json["usage"] = {{"prompt_tokens", embeddings.tokens}, {"total_tokens", embeddings.tokens}};
  if (!embeddings.warnings.empty()) json["warnings"] = embeddings.warnings;
  respond(call, json);
}

}  // namespace cria::server::openai
