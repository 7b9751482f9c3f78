#include "base/error.h"
#include "cmd/argument_parts.h"
#include "cmd/create.h"
#include "cmd/list.h"
#include "cmd/store_commands.h"

namespace cria::cmd {
namespace {

constexpr const char* kWhere =
    "If a server answers at CRIA_HOST or OLLAMA_HOST, else at 127.0.0.1:11434, this is about its "
    "models; otherwise,\nor with --local, about those in the folder CRIA_MODELS or OLLAMA_MODELS, "
    "else ~/.ollama/models.";

void declare_create(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "create", "Makes a stored model of what a Modelfile says.", create);
  text(command, "NAME", options->name, "Its name: [NAMESPACE/]MODEL[:TAG]")
      ->required()
      ->type_name("");
  text(command, "-f,--file", options->file,
       "The Modelfile, - is standard input; default: Modelfile, or \"FROM .\" if there is none")
      ->type_name("FILE");
  text(command, "-q,--quantize", options->quantize,
       "Store a model of floats with smaller types: Q8_0, Q4_K_M, ... (see cria quantize --help)")
      ->type_name("TYPE");
  text(command, "--draft-quantize", options->draft_quantize, "The same for what DRAFT names")
      ->type_name("TYPE");
  local(command, options->local);
  explain(command,
          concat("FROM names a .gguf file, a folder with a checkpoint or .gguf files, or a stored "
                 "model. docs/modelfile.md has\nall instructions.\n\n",
                 kWhere),
          "  cria create me/tiny\n"
          "  cria create me/tiny -f tiny.Modelfile\n"
          "  echo \"FROM ./Qwen2.5-0.5B-Instruct\" | cria create qwen2.5:0.5b -f - -q Q4_K_M");
}

void declare_list(CLI::App& app, Action& action) {
  const auto [command, options] = declare(app, action, "list", "Lists the stored models.", list);
  command->alias("ls");
  text(command, "PREFIX", options->prefix, "Only those whose names begin so")->type_name("");
  command->add_flag("--json", options->json, "Print JSON");
  local(command, options->local);
  explain(command, kWhere,
          "  cria list\n"
          "  cria list smol\n"
          "  CRIA_MODELS=/data/models cria list --local");
}

void declare_copy(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "cp", "Gives a stored model another name as well.", copy_model);
  text(command, "FROM", options->from, "The model")->required()->type_name("");
  text(command, "TO", options->to, "The name; a model that has it loses it")
      ->required()
      ->type_name("");
  local(command, options->local);
  explain(command, concat("Nothing but the manifest is copied.\n\n", kWhere),
          "  cria cp smollm2:135m me/tiny");
}

void declare_remove(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "rm", "Removes stored models.", remove_models);
  texts(command, "NAME", options->names, "The models")->required()->type_name("");
  local(command, options->local);
  explain(command, concat("Files that other stored models share stay.\n\n", kWhere),
          "  cria rm me/tiny\n"
          "  cria rm smollm2:135m qwen2.5:0.5b");
}

}  // namespace

void declare_store_commands(CLI::App& app, Action& action) {
  declare_create(app, action);
  declare_list(app, action);
  declare_copy(app, action);
  declare_remove(app, action);
}

}  // namespace cria::cmd
