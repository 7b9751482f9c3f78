#include <atomic>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "create/create.h"
#include "fs/gguf/signature.h"
#include "modelfile/checks.h"
#include "registry/digest.h"
#include "registry/staging_folder.h"
#include "server/errors.h"
#include "server/native/read.h"
#include "server/native/routes.h"
#include "server/requests/messages.h"
#include "server/requests/warnings.h"
#include "server/respond.h"
#include "serving/generation_options.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;
using Code = Error::Code;
using Clock = std::chrono::steady_clock;

std::string hex_of(const std::string& digest) {
  try {
    return registry::parse_digest(digest);
  } catch (const Error&) {
    fail(Code::kInvalidArgument, "invalid digest format: ", quote(digest));
  }
}

// A model that a request describes, and the files that it is made of.
struct Recipe {
  modelfile::Modelfile file;
  std::optional<registry::Model> base = {};
  std::vector<std::unique_ptr<registry::StagingFolder>> folders = {};
  Warnings warnings = {};
};

// {name: digest}. Nothing for an absent or empty one.
std::string staged(const Fields& fields, std::string_view name, const registry::Blobs& blobs,
                   Recipe& recipe) {
  const Json* files = fields.object(name);
  if (!files) return {};
  if (files->empty()) fail(Code::kInvalidArgument, "no files provided to convert");
  const auto& folder =
      recipe.folders.emplace_back(std::make_unique<registry::StagingFolder>(blobs));
  std::string only;
  for (const auto& [file, digest] : files->items()) {
    if (!digest.is_string()) fields.refuse(name, "a digest for each file");
    const std::string hex = hex_of(digest.get<std::string>());
    folder->add(file, hex);
    only = file;
    // Clients also send blobs of a store under their own names.
    if (files->size() == 1 && !file.ends_with(".gguf") && gguf::is_gguf(blobs.path(hex))) {
      only += ".gguf";
      folder->add(only, hex);
    }
  }
  const bool is_gguf = files->size() == 1 && only.ends_with(".gguf");
  return is_gguf ? folder->path() + "/" + only : folder->path();
}

void read_parameters(const Fields& fields, Recipe& recipe) {
  const Json* parameters = fields.object("parameters");
  if (!parameters) return;
  const Fields all(*parameters, "parameters");
  for (const auto& [name, value] : parameters->items()) {
    if (value.is_null()) continue;
    if (modelfile::is_deprecated_parameter(name)) {
      warn(recipe.warnings, concat("parameter ", name, " has no effect any more"));
    } else if (value.is_array()) {
      for (const std::string& text : all.texts(name)) {
        modelfile::set_parameter(recipe.file.parameters, name, text);
      }
    } else {
      modelfile::set_parameter(recipe.file.parameters, name,
                               value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  serving::GenerationOptions checked;  // what no answer could be made with is refused here already
  serving::set_parameters(checked, modelfile::parameter_lines(recipe.file.parameters));
}

void read_conversation(const Fields& fields, Recipe& recipe) {
  for (const Turn& turn : read_messages(fields, recipe.warnings)) {
    const chat::Message& message = turn.message;
    modelfile::check_role(message.role);
    recipe.file.messages.push_back({message.role, message.content});
    const bool has_more =
        !turn.images.empty() || !message.tool_calls.empty() || !message.thinking.empty();
    if (has_more) warn(recipe.warnings, "of messages only role and content are stored");
  }
}

// Names of models only: nobody may read this machine's files by their paths.
registry::Model base_of(const Models& models, const Fields& fields) {
  const std::string from = fields.text("from");
  std::optional<registry::Name> name;
  try {
    name = registry::Name::parse(from);
  } catch (const Error&) {
  }
  const bool is_path = !name || (from.ends_with(".gguf") && !models.store().contains(*name));
  if (is_path) {
    fields.refuse("from",
                  "the name of a stored model: files are sent to /api/blobs and named, by "
                  "their digests, in \"files\"");
  }
  return models.open(from);
}

Recipe read_recipe(const Models& models, const Fields& fields) {
  Recipe recipe;
  modelfile::Modelfile& file = recipe.file;
  if (fields.text("remote_host") != "") {
    fail(Code::kInvalidArgument, "remote_host: models of other servers are not supported");
  }
  const registry::Blobs blobs = models.store().blobs();
  if (fields.text("from") != "") recipe.base = base_of(models, fields);
  if (std::string files = staged(fields, "files", blobs, recipe); !files.empty()) {
    file.from.push_back(std::move(files));
  }
  if (!recipe.base && file.from.empty()) {
    fail(Code::kInvalidArgument, "neither 'from' or 'files' was specified");
  }
  if (std::string adapter = staged(fields, "adapters", blobs, recipe); !adapter.empty()) {
    file.adapters.push_back(std::move(adapter));
  }
  if (std::string draft = staged(fields, "draft_files", blobs, recipe); !draft.empty()) {
    file.drafts.push_back(std::move(draft));
  }
  file.chat_template = filled_text(fields, "template");
  file.system = filled_text(fields, "system");
  file.licenses = fields.texts("license");
  file.renderer = fields.text("renderer");
  file.parser = fields.text("parser");
  file.required = fields.text("requires");
  if (!file.required.empty()) modelfile::check_version(file.required);
  read_parameters(fields, recipe);
  read_conversation(fields, recipe);
  return recipe;
}

// Steps of long work, an object each.
class Steps {
 public:
  Steps(Call& call, bool streams) : call_(call), streams_(streams) {
    call_.responder.when_gone([gone = is_gone_] { *gone = true; });
  }

  void status(const std::string& text) { tell({{"status", text}}); }

  // Beside the steps: what has no effect, what a user should know.
  void remark(const std::string& text) {
    if (streams_) return status(text);
    remarks_.push_back(text);
  }

  bool progress(const std::string& text, uint64_t done, uint64_t total) {
    constexpr auto kBetween = std::chrono::milliseconds(200);
    const Clock::time_point now = Clock::now();
    if (done == total || now - told_ >= kBetween) {
      told_ = now;
      tell({{"status", text}, {"total", total}, {"completed", done}});
    }
    return goes_on_ && !*is_gone_;
  }

  void end() {
    if (streams_) return call_.responder.end();
    if (!remarks_.empty()) last_["warnings"] = remarks_;
    respond(call_, last_);
  }

 private:
  void tell(Json json) {
    last_ = std::move(json);
    if (!streams_) return;
    if (!call_.responder.has_begun())
      call_.responder.begin({.body = "", .type = "application/x-ndjson"});
    goes_on_ = call_.responder.write(json_text(last_) + "\n") && goes_on_;
  }

  Call& call_;
  const bool streams_;
  bool goes_on_ = true;
  // A stream would tell at its next line, but there may be none.
  const std::shared_ptr<std::atomic<bool>> is_gone_ = std::make_shared<std::atomic<bool>>(false);
  Clock::time_point told_ = {};
  Json last_ = Json::object();
  std::vector<std::string> remarks_;  // of no stream
};

// What is wrong with files is the client's doing, and where they are kept is nobody's business.
Problem problem_with(const Recipe& recipe, const std::exception& error) {
  Problem problem = problem_of(error);
  const auto* ours = dynamic_cast<const Error*>(&error);
  if (ours && ours->code() == Code::kCorrupt) problem.status = 400;
  for (const auto& folder : recipe.folders) {
    const std::string name = std::filesystem::path(folder->path()).filename();
    for (size_t at = 0; (at = problem.message.find(name, at)) != std::string::npos;) {
      problem.message.replace(at, name.size(), "files");
    }
  }
  return problem;
}

void create(const Models& models, Call& call) {
  const Json asked = Fields::parse(call.request.body);
  const Fields fields(asked, "");
  const std::string given = text_of(fields, "model", "name");
  if (given.empty()) fail(Code::kInvalidArgument, "invalid model name");
  const registry::Name name = registry::Name::parse(given);
  Recipe recipe = read_recipe(models, fields);
  const std::string quantize = text_of(fields, "quantize", "quantization");
  const std::string draft_quantize = fields.text("draft_quantize");
  Steps steps(call, fields.flag("stream", true));
  warn_of_unread(recipe.warnings, fields);
  for (const std::string& warning : recipe.warnings) steps.remark("warning: " + warning);
  try {
    create::create(models.store(), name, recipe.file,
                   {.base = recipe.base,
                    .quantize = quantize,
                    .draft_quantize = draft_quantize,
                    .status = [&](const std::string& text) { steps.status(text); },
                    .progress = [&](const std::string& text, uint64_t done,
                                    uint64_t total) { return steps.progress(text, done, total); },
                    .notice = [&](const std::string& text) { steps.remark("notice: " + text); }});
  } catch (const std::exception& error) {
    const Problem problem = problem_with(recipe, error);
    if (!call.responder.has_begun()) throw StatusError(problem.status, problem.message);
    call.responder.write(error_in_stream(Dialect::kNative, problem));
    return call.responder.end();
  }
  steps.end();
}

void has_blob(const Models& models, Call& call) {
  const std::string path = models.store().blobs().path(hex_of(call.parts.at("digest")));
  std::error_code error;
  const bool is_there = std::filesystem::is_regular_file(path, error);
  call.responder.send({.status = is_there ? 200 : 404, .body = "", .type = ""});
}

void add_blob(const Models& models, Call& call) {
  const std::string hex = hex_of(call.parts.at("digest"));
  const registry::Blobs blobs = models.store().blobs();
  std::error_code error;
  if (std::filesystem::is_regular_file(blobs.path(hex), error)) {
    return call.responder.send({.status = 200, .body = "", .type = ""});
  }
  registry::BlobWriter writer(blobs);
  std::vector<char> buffer(size_t{1} << 20);
  while (const size_t count = call.request.stream->read(buffer)) {
    writer.write(std::as_bytes(std::span(buffer).first(count)));
  }
  writer.finish(hex);
  call.responder.send({.status = 201, .body = "", .type = ""});
}

}  // namespace

std::vector<Route> create_routes(const Models& models) {
  const auto route = [&models](const char* method, const char* path,
                               void (*answer)(const Models&, Call&), bool streams_body) {
    return Route{method, path, Scope::kManage,
                 [&models, answer](Call& call) { answer(models, call); }, streams_body};
  };
  return {
      route("POST", "/api/create", create, false),
      route("HEAD", "/api/blobs/:digest", has_blob, false),
      route("POST", "/api/blobs/:digest", add_blob, true),
  };
}

}  // namespace cria::server::native
