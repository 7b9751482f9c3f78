#include "cmd/run.h"

#include "base/about_file.h"
#include "cmd/chat_model.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "cmd/output_format.h"
#include "cmd/repl.h"
#include "cmd/session.h"

namespace cria::cmd {
namespace {

// What was piped comes before the words of the command line.
std::string full_prompt(const std::vector<std::string>& words) {
  std::string prompt = input_is_terminal() ? "" : read_standard_input();
  for (const std::string& word : words) {
    const bool parted = prompt.empty() || prompt.ends_with(' ') || prompt.ends_with('\n');
    if (!parted) prompt += ' ';
    prompt += word;
  }
  return prompt;
}

// What options say; before it, what a stored model's parameters do.
struct Choice {
  Settings settings;
  serving::ComputeOptions compute;
  int64_t context = 0;
};

void take_parameters(const registry::Model& model, Choice& choice) {
  const modelfile::Parameters parameters = model.parameters();
  about_file(concat("parameters of ", model.name().shortest()), [&] {
    serving::set_parameters(choice.settings.generation, modelfile::parameter_lines(parameters));
  });
  std::string unused;
  for (const auto& [name, value] : parameters) {
    const auto* number = std::get_if<int64_t>(&value);
    if (serving::is_generation_option(name)) continue;
    if (name == "num_ctx" && number && *number > 0) {
      if (choice.context == 0) choice.context = *number;
    } else if (name == "num_thread" && number && *number >= 0 && *number <= 1024) {
      if (choice.compute.threads == 0) choice.compute.threads = static_cast<int>(*number);
    } else {
      append_item(unused, ", ", name);
    }
  }
  if (!unused.empty()) notice("parameters of the model that have no effect here: " + unused);
}

void begin(Session& session, const FoundModel& found) {
  if (!found.stored) return;
  std::vector<chat::Message> messages;
  for (const modelfile::Message& message : found.stored->messages()) {
    messages.push_back({message.role, message.content});
  }
  session.begin(found.stored->text(registry::kSystemLayer), messages);
  for (const std::string_view kind : {registry::kProjectorLayer, registry::kDraftLayer}) {
    if (found.stored->files(kind).empty()) continue;
    notice(concat("the model's ", kind == registry::kDraftLayer ? "draft model" : "projector",
                  " is not used here"));
  }
}

}  // namespace

int run(const RunOptions& options) {
  Choice choice{.settings = {}, .compute = options.compute, .context = options.context};
  serving::set_parameters(choice.settings.generation,
                          options.parameters);  // what is wrong there is told first
  choice.settings = {};
  const auto grammar = options.format.empty() ? nullptr : output_format(options.format);
  const bool interactive = options.prompt.empty() && input_is_terminal();
  const std::string prompt = interactive ? "" : full_prompt(options.prompt);
  const FoundModel found = find_model(options.model);
  if (found.stored) take_parameters(*found.stored, choice);
  serving::set_parameters(choice.settings.generation, options.parameters);
  choice.settings.system = options.system.value_or("");
  choice.settings.verbose = options.verbose;
  choice.settings.grammar = grammar;

  ChatModel model(found, choice.compute, choice.context);
  Session session(model, choice.settings, options.raw,
                  interactive ? Session::Interrupts::kEndAnswer : Session::Interrupts::kEndProgram);
  begin(session, found);
  if (interactive) {
    repl(model, session);
  } else {
    session.answer(prompt);
  }
  return 0;
}

}  // namespace cria::cmd
