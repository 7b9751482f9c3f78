#include "cmd/choose_server.h"

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"

namespace cria::cmd {

std::optional<client::Client> find_server(const std::string& reason, bool verbose) {
  const auto tell = [verbose](const std::string& text) {
    log::debug(text);
    if (verbose && !log::debug_enabled()) notice(text);
  };
  if (!reason.empty()) {
    tell(concat("in this process: ", reason));
    return std::nullopt;
  }
  client::Client client = open_client();
  const std::string url = client.address().url();
  if (const auto version = client.version()) {
    tell(concat("asking the server at ", url, ", version ", *version));
    return client;
  }
  const std::string text = concat("in this process: no server answers at ", url);
  // Somebody who named another machine meant it.
  if (client.address().is_loopback()) {
    tell(text);
  } else {
    notice(text);
  }
  return std::nullopt;
}

std::optional<client::Client> find_server_unless(bool local) {
  return find_server(local ? "--local" : "");
}

}  // namespace cria::cmd
