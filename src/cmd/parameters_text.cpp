#include "cmd/parameters_text.h"

#include "cmd/table.h"

namespace cria::cmd {

std::string parameters_text(const serving::GenerationOptions& options, int64_t context) {
  Table table({}, "  ");
  for (const std::string& name : serving::parameter_names()) {
    table.row({name, serving::parameter_text(options, name)});
  }
  table.row({"num_ctx", std::to_string(context)});
  return table.text();
}

}  // namespace cria::cmd
