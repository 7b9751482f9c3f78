#include "cmd/parameters_text.h"

#include "cmd/table.h"

namespace cria::cmd {

std::string parameters_text(const serving::GenerationOptions& options) {
  Table table({}, "  ");
  for (const std::string& name : serving::parameter_names()) {
    table.row({name, serving::parameter_text(options, name)});
  }
  return table.text();
}

}  // namespace cria::cmd
