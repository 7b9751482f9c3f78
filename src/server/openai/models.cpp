#include "server/openai/models.h"

#include <chrono>
#include <nlohmann/json.hpp>

#include "registry/name.h"
#include "server/errors.h"
#include "server/respond.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
using FileTime = std::filesystem::file_time_type;

int64_t seconds_since_1970(FileTime time) {
  const auto since = FileTime::clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

Json model_json(const std::string& name, FileTime modified) {
  return {{"id", name},
          {"object", "model"},
          {"created", seconds_since_1970(modified)},
          {"owned_by", registry::Name::parse(name).space}};
}

}  // namespace

void answer_models(Service& service, Call& call) {
  Json json = {{"object", "list"}, {"data", Json::array()}};
  for (const registry::Entry& entry : service.store().list()) {
    json["data"].push_back(model_json(entry.name, entry.modified));
  }
  respond(call, json);
}

void answer_model(Service& service, Call& call) {
  const std::string& asked = call.parts.at("model");
  const registry::Name name = registry::Name::parse(asked);
  if (!service.store().contains(name)) throw StatusError(404, "model '" + asked + "' not found");
  const registry::Model model = service.store().open(name);
  respond(call, model_json(model.name().shortest(), model.modified()));
}

}  // namespace cria::server::openai
