#include "cmd/show.h"

#include "base/log.h"
#include "cmd/choose_server.h"
#include "cmd/find_model.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/remote_json.h"
#include "cmd/remote_show.h"
#include "cmd/show_json.h"
#include "cmd/show_stored.h"
#include "cmd/summary_text.h"
#include "cmd/table.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/names.h"

namespace cria::cmd {
namespace {

void print_metadata(const gguf::File& file) {
  Table table({}, "    ");
  for (const auto& [key, value] : file.metadata()) table.row({escape(key), metadata_text(value)});
  print(section("Metadata", table));
}

void print_tensors(const gguf::File& file) {
  Table table({Table::Align::kLeft, Table::Align::kLeft, Table::Align::kLeft, Table::Align::kRight},
              "    ");
  table.row({"NAME", "SHAPE", "TYPE", "BYTES"});
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    table.row({escape(tensor.name), shape_text(tensor.dims), gguf::tensor_type_name(tensor.type),
               std::to_string(tensor.data.size())});
  }
  print(section("Tensors", table));
}

// A part that was asked for alone; true when one was.
bool print_part(const ShowOptions& options, const FoundModel& found) {
  const auto part = [&](bool asked, std::string (*text)(const FoundModel&)) {
    if (!asked) return false;
    std::string out = text(found);
    if (!out.empty() && !out.ends_with('\n')) out += '\n';
    print(out);
    return true;
  };
  return part(options.license, license_text) || part(options.modelfile, modelfile_text) ||
         part(options.parameters, stored_parameters_text) ||
         part(options.chat_template, template_text) || part(options.system, system_text);
}

// Whether the server's model is in this machine's store as well, where more can be seen of it.
bool is_stored_here(client::Client& server, const std::string& model) {
  const registry::Store store = open_store();
  const registry::Name name = registry::Name::parse(model);
  if (!store.contains(name)) return false;
  const registry::Model stored = store.open(name);
  for (const ListedModel& listed : listed_models(server.get("/api/tags"))) {
    if (listed.id == stored.id()) return true;
  }
  return false;
}

}  // namespace

int show(const ShowOptions& options) {
  auto server = find_server(options.local            ? "--local"
                            : is_path(options.model) ? "the model is a file"
                                                     : "");
  if (server && !is_stored_here(*server, options.model)) return show_remote(*server, options);
  const FoundModel found = find_model(options.model);
  if (print_part(options, found)) return 0;
  const auto file = gguf::File::open(found.path);
  log::debug("opened ", file->path(), ": GGUF version ", file->version(), ", ",
             file->metadata().size(), " metadata keys, ", file->tensors().size(), " tensors");
  const bool metadata = options.metadata || options.verbose;
  const bool tensors = options.tensors || options.verbose;
  if (options.json) {
    Json out = show_json(*file, metadata, tensors);
    if (found.stored) out["stored"] = stored_json(found);
    print(json_text(out));
    return 0;
  }
  ModelSummary summary = summarize(*file);
  summary.license = license_text(found);
  print(summary_text(summary, stored_sections(found)));
  if (metadata) print_metadata(*file);
  if (tensors) print_tensors(*file);
  return 0;
}

}  // namespace cria::cmd
