#include "cmd/architectures.h"
#include "cmd/argument_parts.h"
#include "cmd/graph.h"
#include "cmd/new.h"
#include "cmd/show.h"
#include "cmd/template.h"

namespace cria::cmd {
namespace {

void declare_show(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "show", "Shows what a model is, and what is in its file.", show);
  model(command, options->model);
  command->add_flag("--metadata", options->metadata, "Also all metadata");
  command->add_flag("--tensors", options->tensors, "Also all tensors: name, shape, type, bytes");
  command->add_flag("-v,--verbose", options->verbose, "Both");
  command->add_flag("--json", options->json, "Print JSON; arrays are whole there");
  CLI::Option_group* parts = command->add_option_group("Only one part");
  parts->require_option(0, 1);
  parts->add_flag("--license", options->license, "Print the license");
  parts->add_flag("--modelfile", options->modelfile, "Print a Modelfile of it");
  parts->add_flag("--parameters", options->parameters, "Print its parameters");
  parts->add_flag("--template", options->chat_template, "Print the chat template");
  parts->add_flag("--system", options->system, "Print the system text");
  local(command, options->local);
  explain(command,
          "A file need not be one that can be run. A name is that of a model of the server, if one "
          "answers at CRIA_HOST\nor OLLAMA_HOST, else at 127.0.0.1:11434; otherwise, or with "
          "--local, of this machine's store.",
          "  cria show model.gguf\n"
          "  cria show model.gguf --tensors --metadata\n"
          "  cria show smollm2:135m --json\n"
          "  cria show smollm2:135m --modelfile > Modelfile");
}

void declare_graph(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "graph", "Draws the graph of operations that a model builds.", graph);
  model(command, options->model);
  command->add_option("--tokens", options->tokens, "Tokens of the pass; the last gives an output")
      ->check(range(int64_t{1}, kMostTokens))
      ->type_name("N")
      ->capture_default_str();
  CLI::Option* layer =
      command->add_option("--layer", options->layer, "Only block N, from hidden.N to hidden.N+1")
          ->check(range(int64_t{0}, kMostTokens))
          ->type_name("N");
  command->add_flag("--encoder", options->encoder, "The encoder of pictures instead")
      ->excludes(layer);
  command->add_option("--format", options->format, "text, or dot for Graphviz")
      ->check(CLI::IsMember({"text", "dot"}))
      ->type_name("NAME")
      ->capture_default_str();
  explain(command,
          "Each operation has a number, by which others name it; weights, inputs and states have "
          "names. Nothing is\ncomputed, and no weight is read.",
          "  cria graph model.gguf\n"
          "  cria graph smollm2:135m --layer 0\n"
          "  cria graph model.gguf --layer 0 --format dot | dot -Tsvg > block.svg");
}

void declare_architectures(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "architectures",
              "Lists the architectures that run and the classes that convert.", architectures);
  command->add_flag("--json", options->json, "Print JSON");
  explain(
      command,
      "ARCHITECTURE is general.architecture of a file. Where a KEY is named, files that have it "
      "above zero are for that model.",
      "  cria architectures\n"
      "  cria architectures --json");
}

void declare_new(CLI::App& app, Action& action) {
  const auto [command, options] =
      declare(app, action, "new", "Begins the sources of a new architecture, in a checkout.",
              new_architecture);
  text(command, "ARCH", options->architecture,
       "Its name, as in general.architecture: lower case letters, digits and _")
      ->required()
      ->type_name("");
  text(command, "--class", options->class_name,
       "The Hugging Face class; default: that of --from, or ARCH with ForCausalLM at its end")
      ->type_name("NAME");
  text(command, "--from", options->checkpoint,
       "A checkpoint's folder: also say what of it the new sources do not take yet")
      ->type_name("DIR");
  text(command, "--like", options->like, "The model in the checkout to begin with a copy of")
      ->type_name("MODEL")
      ->default_str(options->like);
  text(command, "--source", options->source, "The checkout")
      ->type_name("DIR")
      ->default_str(options->source);
  explain(command,
          "Writes a model, its test and its converter, which compile and pass; nothing that is "
          "there is changed.\ndocs/add-a-model.md goes on from there.",
          "  cria new apertus\n"
          "  cria new apertus --from Apertus-8B\n"
          "  cria new olmoe --like qwen3moe --class OlmoeForCausalLM");
}

CLI::Option* json_file(CLI::App* command, const char* name, std::optional<std::string>& to,
                       const char* help) {
  return command
      ->add_option_function<std::string>(
          name, [&to](const std::string& value) { to = unprotect(value); }, help)
      ->type_name("FILE");
}

void declare_template(CLI::App& app, Action& action) {
  const auto [command, options] = declare(
      app, action, "template", "Prints the prompt that a chat template makes.", render_template);
  text(command, "MODEL", options->model, "A model with its own template: a name or a GGUF file")
      ->type_name("");
  text(command, "--go", options->go, "A template in the language of Go's text/template")
      ->type_name("FILE");
  text(command, "--jinja", options->jinja, "A template in the language of Jinja")
      ->type_name("FILE");
  CLI::Option* messages =
      json_file(command, "--messages", options->messages,
                "JSON, - for standard input: a list of messages, or an object with messages, "
                "tools, system and think, as /api/chat takes them");
  CLI::Option* data =
      json_file(command, "--data", options->data,
                "JSON, - for standard input: any value, which is all that the template sees");
  messages->excludes(data);
  command
      ->add_option_function<std::string>(
          "--now", [o = options](const std::string& value) { o->now = unprotect(value); },
          "What the template's clock shows: a day, or a day and a time; default: the present")
      ->type_name("TIME");
  command->parse_complete_callback([o = options] {
    if (!o->messages && !o->data) throw CLI::RequiredError("--messages or --data");
    const int sources = !o->model.empty() + !o->go.empty() + !o->jinja.empty();
    if (sources == 0) throw CLI::RequiredError("MODEL, --go or --jinja");
    if (sources > 1) throw CLI::ValidationError("one of MODEL, --go and --jinja is wanted");
    if (o->tokens && o->model.empty()) throw CLI::RequiredError("--tokens: MODEL");
  });
  command->add_flag("--tokens", options->tokens,
                    "Print the ids that the model reads in place of the text");
  explain(
      command,
      "MODEL's is its TEMPLATE, if it has one, or the chat template of its file. Go templates "
      "see what they see in\nOllama: .System, .Messages, .Tools and so on; Jinja templates what "
      "transformers shows them. With --data,\nthe value is all that a Go template sees, and "
      "an object's members are the variables of a Jinja template.",
      "  cria template smollm2:135m --messages talk.json --tokens\n"
      "  cria template --jinja chat_template.jinja --messages talk.json\n"
      "  cria template --go chat.gotmpl --messages talk.json\n"
      "  cria template --go chat.gotmpl --messages - <<< '[{\"role\": \"user\", \"content\": "
      "\"Hello\"}]'\n"
      "  cria template --go any.gotmpl --data values.json --now 2026-07-31");
}

}  // namespace

void declare_description_commands(CLI::App& app, Action& action) {
  declare_show(app, action);
  declare_graph(app, action);
  declare_architectures(app, action);
  declare_new(app, action);
  declare_template(app, action);
}

}  // namespace cria::cmd
