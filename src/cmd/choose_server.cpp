#include "cmd/choose_server.h"

#include "base/error.h"
#include "base/log.h"
#include "cmd/find_model.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"

namespace cria::cmd {
namespace {

// What only this process can do; "" when a server can do as well.
std::string reason_for_this_process(const RunOptions& options) {
  if (options.local) return "--local";
  if (is_path(options.model)) return "the model is a file";
  if (options.raw) return "--raw";
  if (!options.compute.adapters.empty()) return "--adapter";
  if (options.compute.backend != "auto") return "--backend";
  if (options.compute.threads != 0) return "--threads";
  if (!options.compute.cache_type.empty()) return "--kv";
  for (const char* form : {"gbnf:", "regex:"}) {
    if (options.format.starts_with(form)) return concat("--format ", form);
  }
  return "";
}

void tell(const RunOptions& options, const std::string& text) {
  log::debug(text);
  if (options.verbose && !log::debug_enabled()) notice(text);
}

}  // namespace

bool find_server(const RunOptions& options) {
  const std::string reason = reason_for_this_process(options);
  if (!reason.empty()) {
    tell(options, concat("running in this process: ", reason));
    return false;
  }
  client::Client client = open_client();
  const std::string url = client.address().url();
  if (const auto version = client.version()) {
    tell(options, concat("asking the server at ", url, ", version ", *version));
    return true;
  }
  const std::string text = concat("running in this process: no server answers at ", url);
  // Somebody who named another machine meant it.
  if (client.address().is_loopback()) {
    tell(options, text);
  } else {
    notice(text);
  }
  return false;
}

}  // namespace cria::cmd
