#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/log.h"
#include "server/answers/native_writer.h"
#include "server/errors.h"
#include "server/native/model_json.h"
#include "server/native/read.h"
#include "server/native/routes.h"
#include "server/respond.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;
using Code = Error::Code;

std::string model_of(const Fields& fields) {
  std::string name = text_of(fields, "model", "name");
  if (name.empty()) fail(Code::kInvalidArgument, "model is required");
  return name;
}

Json with_name(const registry::Model& model) {
  const std::string name = model.name().shortest();
  return {{"name", name}, {"model", name}};
}

void tags(const Models& models, Call& call) {
  std::vector<std::string> problems;
  Json list = Json::array();
  for (const registry::Entry& entry : models.store().list(&problems)) {
    try {
      const registry::Model model = models.open(entry.name);
      Json one = with_name(model);
      one["modified_at"] = time_text(entry.modified);
      one["size"] = entry.size;
      one["digest"] = entry.id;
      one["details"] = details_json(model);
      one["capabilities"] = capabilities_json(model);
      list.push_back(std::move(one));
    } catch (const std::exception& error) {
      problems.emplace_back(error.what());
    }
  }
  Json json = {{"models", std::move(list)}};
  for (std::string& problem : problems) problem = without_folders(problem);
  if (!problems.empty()) json["warnings"] = problems;
  respond(call, json);
}

// Of one that stays for ever a day in the far future, as clients expect a time.
std::string expiry(std::optional<std::chrono::nanoseconds> left) {
  constexpr std::chrono::nanoseconds kFar = std::chrono::hours(24 * 365 * 100);
  const auto now = std::chrono::system_clock::now();
  const auto time = std::min(left.value_or(kFar), kFar);
  return timestamp(now + std::chrono::duration_cast<std::chrono::system_clock::duration>(time));
}

int64_t context_of(const Loaded& loaded) {
  if (const auto* text = dynamic_cast<const LoadedText*>(&loaded)) {
    return text->model->size().context;
  }
  const auto* vectors = dynamic_cast<const LoadedVectors*>(&loaded);
  return vectors ? vectors->model->size().context : 0;
}

void ps(const Models& models, Call& call) {
  Json list = Json::array();
  models.scheduler().visit([&](const Scheduler::Status& status) {
    if (!status.model) return;
    Json one = {{"name", status.name},
                {"model", status.name},
                {"size", status.model->bytes()},
                {"digest", status.id}};
    try {
      one["details"] = details_json(models.open(status.name));
    } catch (const std::exception&) {
      one["details"] = Json::object();  // it was deleted meanwhile
    }
    one["expires_at"] = expiry(status.left);
    one["size_vram"] = 0;
    one["context_length"] = context_of(*status.model);
    one["in_use"] = status.users;
    list.push_back(std::move(one));
  });
  respond(call, {{"models", std::move(list)}});
}

void show(const Models& models, Call& call) {
  const Json asked = Fields::parse(call.request.body);
  const Fields fields(asked, "");
  Json json = show_json(models.open(model_of(fields)), fields.flag("verbose", false));
  std::vector<std::string> warnings;
  for (const char* name : {"system", "template", "options"}) {
    const Json* value = fields.find(name);
    if (value && *value != "") warnings.push_back(concat("field ", name, " has no effect"));
  }
  warn_of_unread(warnings, fields);
  if (!warnings.empty()) json["warnings"] = warnings;
  respond(call, json);
}

// Nothing, unless there is something to tell.
void respond_done(Call& call, const Fields& fields) {
  std::vector<std::string> warnings;
  warn_of_unread(warnings, fields);
  if (warnings.empty()) return call.responder.send({.body = "", .type = ""});
  respond(call, {{"warnings", warnings}});
}

void copy(const Models& models, Call& call) {
  const Json asked = Fields::parse(call.request.body);
  const Fields fields(asked, "");
  const std::string source = fields.text("source"), destination = fields.text("destination");
  const auto parse = [](const char* what, const std::string& name) {
    try {
      return registry::Name::parse(name);
    } catch (const Error&) {
      fail(Code::kInvalidArgument, what, " \"", name, "\" is invalid");
    }
  };
  const registry::Name from = parse("source", source), to = parse("destination", destination);
  if (!models.store().contains(from)) {
    throw StatusError(404, concat("model \"", source, "\" not found"));
  }
  models.store().copy(from, to);
  respond_done(call, fields);
}

void remove(const Models& models, Call& call) {
  const Json asked = Fields::parse(call.request.body);
  const Fields fields(asked, "");
  const std::string given = model_of(fields);
  const registry::Name name = registry::Name::parse(given);
  if (!models.store().contains(name)) throw StatusError(404, "model '" + given + "' not found");
  try {
    models.scheduler().unload(models.store().open(name).name().shortest());
  } catch (const Error& error) {  // that its manifest is broken, with which it was never loaded
    if (error.code() != Error::Code::kCorrupt) throw;
  }
  models.store().remove(name);
  respond_done(call, fields);
}

}  // namespace

std::vector<Route> model_routes(const Models& models) {
  const auto route = [&models](const char* method, const char* path, Scope scope,
                               void (*answer)(const Models&, Call&)) {
    return Route{method, path, scope, [&models, answer](Call& call) { answer(models, call); }};
  };
  return {
      route("GET", "/api/tags", Scope::kRead, tags),
      route("GET", "/api/ps", Scope::kRead, ps),
      route("POST", "/api/show", Scope::kRead, show),
      route("POST", "/api/copy", Scope::kManage, copy),
      route("DELETE", "/api/delete", Scope::kManage, remove),
  };
}

}  // namespace cria::server::native
