#include "cmd/serve.h"

#include <signal.h>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/output.h"
#include "server/app/app.h"

namespace cria::cmd {
namespace {

settings::Settings settings_of(const ServeOptions& options) {
  settings::Settings settings = settings::Settings::load();
  if (!options.host.empty()) settings.set("host", options.host, "--host");
  for (const std::string& setting : options.settings) {
    const size_t sign = setting.find('=');
    if (sign == std::string::npos) {
      fail(Error::Code::kInvalidArgument, "--set ", quote(setting), ", expected NAME=VALUE");
    }
    settings.set(setting.substr(0, sign), setting.substr(sign + 1), "--set");
  }
  return settings;
}

// While one lives, threads that are started leave these signals to whoever waits for them.
class HeldSignals {
 public:
  HeldSignals() {
    ::sigemptyset(&set_);
    for (const int signal : {SIGINT, SIGTERM}) ::sigaddset(&set_, signal);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~HeldSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  void wait() const {
    int signal = 0;
    ::sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{}, before_{};
};

}  // namespace

int serve(const ServeOptions& options) {
  const settings::Settings settings = settings_of(options);
  const HeldSignals signals;
  const server::App app(settings);
  notice(concat("listening at ", app.address(), ": Ctrl-C ends the server"));
  signals.wait();
  notice("ending");
  return 0;
}

}  // namespace cria::cmd
