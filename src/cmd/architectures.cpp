#include "cmd/architectures.h"

#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/table.h"
#include "convert/architecture.h"
#include "model/model.h"

namespace cria::cmd {
namespace {

std::string as_json() {
  Json models = Json::array(), classes = Json::array();
  for (const auto& [name, model] : model::architectures()) {
    Json entry{{"name", name}, {"architecture", model.architecture}};
    entry["key"] = model.key.empty() ? Json(nullptr) : Json(model.key);
    models.push_back(std::move(entry));
  }
  for (const auto& [name, converter] : convert::converters()) classes.push_back(name);
  return json_text({{"models", models}, {"classes", classes}});
}

std::string as_text() {
  Table models, classes;
  models.row({"MODEL", "ARCHITECTURE", "WITH KEY"});
  for (const auto& [name, model] : model::architectures()) {
    models.row({std::string(name), std::string(model.architecture), std::string(model.key)});
  }
  classes.row({"CLASS"});
  for (const auto& [name, converter] : convert::converters()) classes.row({std::string(name)});
  return models.text() + "\n" + classes.text();
}

}  // namespace

int architectures(const ArchitecturesOptions& options) {
  print(options.json ? as_json() : as_text());
  return 0;
}

}  // namespace cria::cmd
