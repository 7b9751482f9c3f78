#include "cmd/store_commands.h"

#include "base/error.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"

namespace cria::cmd {

int copy_model(const CopyOptions& options) {
  const registry::Name from = registry::Name::parse(options.from);
  const registry::Name to = registry::Name::parse(options.to);
  open_store().copy(from, to);
  print(concat("copied '", options.from, "' to '", options.to, "'\n"));
  return 0;
}

int remove_models(const RemoveOptions& options) {
  const registry::Store store = open_store();
  std::vector<registry::Name> names;
  for (const std::string& name : options.names) names.push_back(registry::Name::parse(name));
  // All or none, as far as this can be known.
  for (const registry::Name& name : names) {
    if (!store.contains(name)) store.open(name);
  }
  store.prune();
  for (size_t i = 0; i < names.size(); ++i) {
    store.remove(names[i]);
    print(concat("deleted '", options.names[i], "'\n"));
    flush();
  }
  return 0;
}

}  // namespace cria::cmd
