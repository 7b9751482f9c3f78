// What talks to a server, and what is set.

#include "cmd/argument_parts.h"
#include "cmd/config.h"
#include "cmd/loaded_models.h"

namespace cria::cmd {
namespace {

constexpr const char* kWhere =
    "The server is the one at CRIA_HOST or OLLAMA_HOST, else at 127.0.0.1:11434. CRIA_API_KEY is "
    "what it is shown\nif it asks for a key.";

void declare_ps(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "ps", "Lists the models that the server has in memory.", list_loaded);
  command->add_flag("--json", options->json, "Print JSON, as the server answers");
  explain(command, kWhere,
          "  cria ps\n"
          "  CRIA_HOST=https://models.example cria ps");
}

void declare_stop(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "stop", "Has the server put a model out of memory.", stop_model);
  text(command, "NAME", options->model, "The model")->required()->type_name("");
  explain(command, kWhere, "  cria stop smollm2:135m");
}

void declare_config(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "config",
              "Prints the settings that are in force, and where they are from.", show_config);
  command->add_flag("--json", options->json, "Print JSON");
  explain(command,
          "A setting NAME is CRIA_NAME or OLLAMA_NAME in the environment, and NAME = VALUE in the "
          "file that CRIA_CONFIG\nnames, or ~/.config/cria/config. An option of a command counts "
          "most, then CRIA_, OLLAMA_, and the file.",
          "  cria config\n"
          "  CRIA_KEEP_ALIVE=1h cria config --json");
}

}  // namespace

void declare_server_commands(CLI::App& app, Action& action) {
  declare_ps(app, action);
  declare_stop(app, action);
  declare_config(app, action);
}

}  // namespace cria::cmd
