#include "cmd/create_at_server.h"

#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cmd/create_steps.h"
#include "cmd/format.h"
#include "cmd/output.h"
#include "cmd/remote_json.h"
#include "create/parcel.h"
#include "registry/blobs.h"
#include "registry/digest.h"

namespace cria::cmd {
namespace {

using client::Json;
using Code = Error::Code;

// What lines of one kind name.
struct Named {
  std::vector<create::SourceFile> files = {};
  Json blobs = Json::object();  // {name: digest} of what the server is to have already
  std::string model = {};       // of the server
};

Named find(std::span<const std::string> lines, const char* what, const std::string& folder) {
  Named named;
  std::set<std::string> names;
  for (const std::string& line : lines) {
    if (const auto source = create::find_files(line, folder)) {
      for (create::SourceFile& file : create::files_of(*source)) {
        if (!names.insert(file.name).second) {
          fail(Code::kInvalidArgument, what, ' ', line, ": another file is named ", file.name,
               " as well");
        }
        named.files.push_back(std::move(file));
      }
    } else if (line.starts_with("@sha256:") || line.starts_with("@sha256-")) {
      const std::string hex = registry::parse_digest(line.substr(1));
      named.blobs[concat("blob-", named.blobs.size(), ".gguf")] = "sha256:" + hex;
    } else if (named.model.empty() && std::string_view(what) == "FROM") {
      named.model = line;
    } else {
      fail(Code::kNotFound, what, ' ', line, ": there is no such file or folder");
    }
  }
  return named;
}

class Sender {
 public:
  explicit Sender(client::Client& server) : server_(server) {}

  // {name: digest} of all that is named.
  Json send(const Named& named);
  void make(const Json& request);

 private:
  std::string send(const create::SourceFile& file);

  client::Client& server_;
  CreateSteps steps_;
};

std::string Sender::send(const create::SourceFile& file) {
  const std::string hex = registry::sha256_of_file(file.path, [&](uint64_t done, uint64_t total) {
    return steps_.progress("hashing " + escape(file.name), done, total);
  });
  const std::string digest = "sha256:" + hex;
  if (!server_.has("/api/blobs/" + digest)) {
    steps_.status("copying file " + digest);
    server_.upload("/api/blobs/" + digest, file.path, [&](uint64_t done, uint64_t total) {
      return steps_.progress("copying " + escape(file.name), done, total);
    });
  }
  return digest;
}

Json Sender::send(const Named& named) {
  Json digests = named.blobs;
  if (!named.files.empty()) steps_.status("gathering model components");
  for (const create::SourceFile& file : named.files) digests[file.name] = send(file);
  return digests;
}

void Sender::make(const Json& request) {
  std::string status;
  const bool ended = server_.stream("/api/create", request, [&](const Json& line) {
    status = text_in(line, "status");
    const int64_t total = integer_in(line, "total"), done = integer_in(line, "completed");
    if (total > 0 && done >= 0) {
      return steps_.progress(escape(status), static_cast<uint64_t>(done),
                             static_cast<uint64_t>(total));
    }
    steps_.status(escape(status));
    return true;
  });
  if (!ended) fail(Code::kCancelled, "interrupted");
  if (status == "success") return;
  fail(Code::kInternal, "the server at ", server_.address().url(), " ended without success");
}

void add_text(Json& to, const char* name, const std::string& text) {
  if (!text.empty()) to[name] = text;
}

}  // namespace

void create_at_server(client::Client& server, const modelfile::Modelfile& recipe,
                      const std::string& folder, const CreateOptions& options) {
  // What is not there is told before anything is sent.
  const Named from = find(recipe.from, "FROM", folder);
  const Named adapters = find(recipe.adapters, "ADAPTER", folder);
  const Named drafts = find(recipe.drafts, "DRAFT", folder);
  Json request = {{"model", options.name}, {"stream", true}};
  if (!from.model.empty()) {
    server.post("/api/show", {{"model", from.model}});
    request["from"] = from.model;
  }
  Sender sender(server);
  const auto send = [&](const char* field, const Named& named) {
    if (Json files = sender.send(named); !files.empty()) request[field] = std::move(files);
  };
  send("files", from);
  send("adapters", adapters);
  send("draft_files", drafts);
  if (recipe.chat_template) request["template"] = *recipe.chat_template;
  if (recipe.system) request["system"] = *recipe.system;
  add_text(request, "renderer", recipe.renderer);
  add_text(request, "parser", recipe.parser);
  add_text(request, "requires", recipe.required);
  add_text(request, "quantize", options.quantize);
  add_text(request, "draft_quantize", options.draft_quantize);
  if (!recipe.licenses.empty()) request["license"] = recipe.licenses;
  if (!recipe.parameters.empty()) request["parameters"] = parameters_json(recipe.parameters);
  for (const modelfile::Message& message : recipe.messages) {
    request["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  sender.make(request);
}

}  // namespace cria::cmd
