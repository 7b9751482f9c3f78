#include "cmd/config.h"

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/table.h"

namespace cria::cmd {
namespace {

// Keys are for nobody to read over a shoulder.
std::string shown(const settings::Definition& definition, const settings::Value& value) {
  const bool hidden = definition.kind == settings::Kind::kSecret && !value.text.empty();
  return hidden ? "(hidden)" : value.text;
}

std::string as_table(const settings::Settings& settings) {
  Table table;
  table.row({"NAME", "VALUE", "FROM", "ABOUT"});
  for (const settings::Definition& definition : settings::definitions()) {
    const settings::Value& value = settings[definition.name];
    const std::string text = shown(definition, value);
    table.row({std::string(definition.name), text.empty() ? "-" : escape(text), escape(value.from),
               std::string(definition.about)});
  }
  return table.text();
}

std::string as_json(const settings::Settings& settings) {
  Json all = Json::array();
  for (const settings::Definition& definition : settings::definitions()) {
    const settings::Value& value = settings[definition.name];
    all.push_back({{"name", definition.name},
                   {"value", shown(definition, value)},
                   {"from", value.from},
                   {"about", definition.about}});
  }
  return json_text({{"file", settings.file()}, {"settings", all}});
}

}  // namespace

int show_config(const ConfigOptions& options) {
  const settings::Settings& settings = program_settings();
  print(options.json ? as_json(settings) : as_table(settings));
  return 0;
}

}  // namespace cria::cmd
