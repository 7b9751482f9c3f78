#include "cmd/remote_show.h"

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/remote_json.h"
#include "cmd/summary_text.h"

namespace cria::cmd {
namespace {

using client::Json;

Json field(const Json& object, const std::string& name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

void add(Table& table, const char* name, const Json& value) {
  if (value.is_string()) {
    if (const auto text = value.get<std::string>(); !text.empty()) table.row({name, escape(text)});
  } else if (value.is_number_integer()) {
    table.row({name, value.dump()});
  }
}

std::string info_text(const Json& about) {
  const Json details = field(about, "details"), info = field(about, "model_info");
  Json architecture = field(info, "general.architecture");
  const std::string prefix = architecture.is_string() ? architecture.get<std::string>() + "." : "";
  if (!architecture.is_string()) architecture = field(details, "family");
  Table model({}, "    "), abilities({}, "    ");
  add(model, "architecture", architecture);
  add(model, "parameters", field(details, "parameter_size"));
  add(model, "context length", field(info, prefix + "context_length"));
  add(model, "embedding length", field(info, prefix + "embedding_length"));
  add(model, "quantization", field(details, "quantization_level"));
  for (const Json& ability : field(about, "capabilities")) {
    if (ability.is_string()) abilities.row({escape(ability.get<std::string>())});
  }
  return section("Model", model) + section("Capabilities", abilities) +
         section("Parameters", first_lines(text_in(about, "parameters"), SIZE_MAX)) +
         section("System", first_lines(text_in(about, "system"))) +
         section("License", first_lines(text_in(about, "license")));
}

std::string metadata_section(const Json& about) {
  Table table({}, "    ");
  const Json info = field(about, "model_info");
  for (const auto& [key, value] : info.items()) {
    table.row({escape(key), abbreviate(escape(value.dump()), 100)});
  }
  return section("Metadata", table);
}

std::string tensors_section(const Json& about) {
  Table table({}, "    ");
  table.row({"NAME", "SHAPE", "TYPE"});
  const Json tensors = field(about, "tensors");
  for (const Json& tensor : tensors) {
    table.row({escape(text_in(tensor, "name")), field(tensor, "shape").dump(),
               escape(text_in(tensor, "type"))});
  }
  return section("Tensors", table);
}

std::optional<Topic> part_of(const ShowOptions& options) {
  if (options.license) return Topic::kLicense;
  if (options.modelfile) return Topic::kModelfile;
  if (options.parameters) return Topic::kParameters;
  if (options.chat_template) return Topic::kTemplate;
  if (options.system) return Topic::kSystem;
  return std::nullopt;
}

}  // namespace

int show_remote(client::Client& server, const ShowOptions& options) {
  const bool metadata = options.metadata || options.verbose;
  const bool tensors = options.tensors || options.verbose;
  const Json about =
      server.post("/api/show", {{"model", options.model}, {"verbose", metadata || tensors}});
  std::string text =
      options.json ? json_text(about) : remote_text(about, part_of(options).value_or(Topic::kInfo));
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (!options.json && metadata) text += metadata_section(about);
  if (!options.json && tensors) text += tensors_section(about);
  print(text);
  return 0;
}

std::string remote_text(const Json& about, Topic topic) {
  switch (topic) {
    case Topic::kInfo:
      return info_text(about);
    case Topic::kLicense:
      return text_in(about, "license");
    case Topic::kModelfile:
      return text_in(about, "modelfile");
    case Topic::kParameters:
      return text_in(about, "parameters");
    case Topic::kSystem:
      return text_in(about, "system");
    case Topic::kTemplate:
      return text_in(about, "template");
  }
  return {};
}

std::string remote_parameters_text(const std::string& of_model, const modelfile::Parameters& set) {
  std::string text;
  if (!of_model.empty()) text += concat("Of the model:\n", of_model, "\n");
  if (set.empty()) return text;
  Table table;
  for (const auto& [name, value] : modelfile::parameter_lines(set))
    table.row({name, escape(value)});
  return text + concat(text.empty() ? "" : "\n", "Set here:\n", table.text());
}

}  // namespace cria::cmd
