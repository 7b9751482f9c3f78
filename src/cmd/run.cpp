#include "cmd/run.h"

#include "cmd/chat_model.h"
#include "cmd/input.h"
#include "cmd/output.h"
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

}  // namespace

int run(const RunOptions& options) {
  options.settings.sampling.check();
  const bool interactive = options.prompt.empty() && input_is_terminal();
  if (interactive) {
    ChatModel model(options.model, options.compute, options.context);
    Session session(model, options.settings, options.raw, Session::Interrupts::kEndAnswer);
    repl(model, session);
    return 0;
  }
  const std::string prompt = full_prompt(options.prompt);
  ChatModel model(options.model, options.compute, options.context);
  Session session(model, options.settings, options.raw, Session::Interrupts::kEndProgram);
  session.answer(prompt);
  return 0;
}

}  // namespace cria::cmd
