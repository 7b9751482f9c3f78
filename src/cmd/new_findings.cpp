#include "cmd/new_findings.h"

#include <map>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"
#include "convert/architecture.h"
#include "fs/gguf/write.h"

namespace cria::cmd {
namespace {

using convert::Config;

constexpr const char* kConfig = "config.json";

// "model.layers.N.mlp.up_proj.weight" for all layers.
std::string without_numbers(const std::string& name) {
  static const std::regex kNumber(R"(\.\d+\.)");
  return std::regex_replace(name, kNumber, ".N.");
}

void add_fields(std::vector<std::string>& lines, const Config& config) {
  for (const std::string& key : config.unread()) {
    lines.push_back(
        concat("field not read: ", quote(key), ": ", convert::describe(config.json().at(key))));
  }
}

void add_tensors(std::vector<std::string>& lines, const std::vector<std::string>& names,
                 const std::string& what, const convert::Checkpoint& checkpoint) {
  std::map<std::string, int> alike;
  for (const std::string& name : names) {
    const convert::StoredTensor* tensor = checkpoint.find(name);
    ++alike[concat(what, quote(without_numbers(name)), tensor ? " " : "",
                   tensor ? shape_text(tensor->shape) : "")];
  }
  for (const auto& [line, count] : alike) {
    lines.push_back(count > 1 ? concat(line, ", ", count, " times") : line);
  }
}

// Takes out the field that an error is about, if it is there: `begin` is how such messages begin.
// One that lies in another field is told with the names of both, or with its own.
bool take_out(convert::Json& fields, const std::string& what, const std::string& begin) {
  for (const auto& [key, value] : fields.items()) {
    if (what.starts_with(concat(begin, key, ' '))) return fields.erase(std::string(key)) > 0;
  }
  for (auto& [key, value] : fields.items()) {
    if (!value.is_object()) continue;
    if (take_out(value, what, concat(begin, key, ": "))) return true;
    if (take_out(value, what, begin)) return true;
  }
  return false;
}

// Adds what it finds. True when the converter refused a field, which is told and taken out, so that
// another try can do without it and come further.
bool try_to_convert(convert::Json& fields, const convert::Checkpoint& checkpoint,
                    convert::Converter converter, std::vector<std::string>& lines) {
  const Config config(fields, kConfig);
  gguf::Writer unwritten;
  convert::Conversion conversion(config, checkpoint, unwritten,
                                 {.type = {}, .notice = [](const std::string&) {}});
  try {
    converter(conversion);
  } catch (const Error& error) {
    const bool is_field = take_out(fields, error.what(), concat(kConfig, ": "));
    lines.push_back(concat(is_field ? "refused: " : "stopped, so not all below is left over: ",
                           escape(error.what()), '.'));
    if (is_field) return true;
  }
  add_fields(lines, config);
  if (&conversion.config() != &config) add_fields(lines, conversion.config());
  add_tensors(lines, conversion.missing(), "tensor not there: ", checkpoint);
  add_tensors(lines, conversion.unused(), "tensor not taken: ", checkpoint);
  return false;
}

}  // namespace

std::string class_of_checkpoint(const std::string& folder) {
  const Config config = convert::read_config(convert::Folder(folder).file(kConfig));
  const std::vector<std::string> classes = config.texts("architectures");
  if (classes.empty()) config.corrupt("architectures", "is absent, expected a class: name --class");
  return classes.front();
}

std::vector<std::string> findings(const std::string& folder,
                                  const std::string& class_of_converter) {
  const auto found = convert::converters().find(class_of_converter);
  if (found == convert::converters().end()) {
    fail(Error::Code::kUnsupported, "this program has no converter of ", quote(class_of_converter),
         ", expected one built from the checkout");
  }
  const convert::Folder files(folder);
  const auto checkpoint = convert::Checkpoint::open(files);
  convert::Json fields = convert::read_json(files.file(kConfig));
  std::vector<std::string> lines;
  while (try_to_convert(fields, *checkpoint, found->second, lines)) {
  }
  return lines;
}

}  // namespace cria::cmd
