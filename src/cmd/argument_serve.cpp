#include "cmd/argument_parts.h"
#include "cmd/serve.h"

namespace cria::cmd {

void declare_serve(CLI::App& app, Action& action) {
  const auto [command, options] = declare(
      app, action, "serve", "Answers requests of Ollama's, OpenAI's and Anthropic's APIs.", serve);
  command->alias("start");
  text(command, "--host", options->host,
       "Where to listen: HOST, HOST:PORT or :PORT; default: CRIA_HOST or OLLAMA_HOST, else "
       "127.0.0.1:11434")
      ->type_name("ADDRESS");
  texts(command, "--set", options->settings, "A setting, such as keep_alive=1h (see cria config)")
      ->type_name("NAME=VALUE");
  explain(command,
          "Models are loaded when they are asked for. A browser finds a chat page at the address.",
          "  cria serve\n"
          "  cria serve --host :8080 --set num_parallel=4 --set context_length=16384");
}

}  // namespace cria::cmd
