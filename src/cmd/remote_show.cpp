#include "cmd/remote_show.h"

#include "base/error.h"
#include "cmd/format.h"
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

Table lines_of(const std::string& text, size_t most) {
  Table table({}, "    ");
  size_t begin = 0;
  for (size_t line = 0; begin < text.size() && line < most; ++line) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    table.row({abbreviate(escape(text.substr(begin, end - begin)), 100)});
    begin = end + 1;
  }
  if (begin < text.size()) table.row({"..."});
  return table;
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
  constexpr size_t kLines = 2;
  return section("Model", model) + section("Capabilities", abilities) +
         section("Parameters",
                 lines_of(text_in(about, "parameters"), text_in(about, "parameters").size())) +
         section("System", lines_of(text_in(about, "system"), kLines)) +
         section("License", lines_of(text_in(about, "license"), kLines));
}

}  // namespace

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
