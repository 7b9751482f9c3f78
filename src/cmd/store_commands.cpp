#include "cmd/store_commands.h"

#include <functional>

#include "base/error.h"
#include "cmd/choose_server.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"

namespace cria::cmd {
namespace {

void remove_each(const std::vector<std::string>& names,
                 const std::function<void(const std::string& name)>& remove) {
  for (const std::string& name : names) {
    remove(name);
    print(concat("deleted '", name, "'\n"));
    flush();
  }
}

void remove_stored(const std::vector<std::string>& names) {
  const registry::Store store = open_store();
  // All or none, as far as this can be known.
  for (const std::string& text : names) {
    const registry::Name name = registry::Name::parse(text);
    if (!store.contains(name)) store.open(name);
  }
  store.prune();
  remove_each(names, [&](const std::string& name) { store.remove(registry::Name::parse(name)); });
}

}  // namespace

int copy_model(const CopyOptions& options) {
  const registry::Name from = registry::Name::parse(options.from);
  const registry::Name to = registry::Name::parse(options.to);
  if (auto server = find_server_unless(options.local)) {
    server->post("/api/copy", {{"source", options.from}, {"destination", options.to}});
  } else {
    open_store().copy(from, to);
  }
  print(concat("copied '", options.from, "' to '", options.to, "'\n"));
  return 0;
}

int remove_models(const RemoveOptions& options) {
  auto server = find_server_unless(options.local);
  if (!server) {
    remove_stored(options.names);
    return 0;
  }
  for (const std::string& name : options.names) server->post("/api/show", {{"model", name}});
  remove_each(options.names, [&](const std::string& name) {
    server->remove("/api/delete", {{"model", name}});
  });
  return 0;
}

}  // namespace cria::cmd
