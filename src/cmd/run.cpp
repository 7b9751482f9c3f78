#include "cmd/run.h"

#include "base/error.h"
#include "base/log.h"
#include "cmd/choose_server.h"
#include "cmd/input.h"
#include "cmd/local_answerer.h"
#include "cmd/output.h"
#include "cmd/output_format.h"
#include "cmd/program_settings.h"
#include "cmd/remote_answerer.h"
#include "cmd/repl.h"
#include "cmd/run_vector.h"
#include "cmd/session.h"
#include "cmd/terminal.h"
#include "settings/duration.h"

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

Wishes wishes_of(const RunOptions& options) {
  serving::GenerationOptions scratch;  // what is wrong is told before a model is loaded
  serving::set_parameters(scratch, options.parameters);
  if (!options.format.empty()) output_format(options.format);
  if (!options.keep_alive.empty()) settings::parse_keep_alive(options.keep_alive);
  Wishes wishes{.system = options.system, .format = options.format};
  if (!options.think.empty()) wishes.think = options.think;
  for (const auto& [name, value] : options.parameters) {
    modelfile::set_parameter(wishes.parameters, name, value);
  }
  if (options.context > 0) wishes.parameters["num_ctx"] = options.context;
  return wishes;
}

// Of a model that makes vectors; an empty text would be no mistake of the model.
void print_vector(const Json& vector) { print(vector.dump() + "\n"); }

std::string text_for_vector(const RunOptions& options, const std::string& prompt) {
  if (!prompt.empty()) return prompt;
  fail(Error::Code::kInvalidArgument, options.model,
       ": the model makes vectors of texts and does not talk, expected a text behind its name");
}

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

void talk(Session& session, bool interactive, const std::string& prompt) {
  use_utf8_locale();
  interactive ? repl(session) : session.answer(prompt);
}

}  // namespace

int run(const RunOptions& options) {
  const Wishes wishes = wishes_of(options);
  const bool interactive = options.prompt.empty() && input_is_terminal();
  const std::string prompt = interactive ? "" : full_prompt(options.prompt);
  const Look look{.verbose = options.verbose,
                  .wraps = !options.no_word_wrap,
                  .hides_thinking = options.hide_thinking};
  const auto interrupts =
      interactive ? Session::Interrupts::kEndAnswer : Session::Interrupts::kEndProgram;
  if (options.insecure) notice("--insecure has no effect: nothing is pulled");

  if (find_server(reason_for_this_process(options), options.verbose)) {
    const RemoteOptions remote{.keep_alive = options.keep_alive, .load = interactive};
    const auto open = [&](const std::string& model, const Wishes& with,
                          const std::stop_token& stop) {
      return std::make_unique<RemoteAnswerer>(open_client(), model, with, remote, stop);
    };
    auto first = open(options.model, wishes, {});
    if (first->can("embedding") && !first->can("completion")) {
      print_vector(
          first->vector(text_for_vector(options, prompt), options.truncate, options.dimensions));
      return 0;
    }
    Session session(open, std::move(first), look, interrupts);
    talk(session, interactive, prompt);
    return 0;
  }
  if (!options.keep_alive.empty()) notice("--keepalive has no effect without a server");
  if (makes_vectors(options.model)) {
    print_vector(local_vector(options, text_for_vector(options, prompt)));
    return 0;
  }
  const LocalOptions local{
      .compute = options.compute, .raw = options.raw, .interactive = interactive};
  const auto open = [&](const std::string& model, const Wishes& with, const std::stop_token&) {
    return std::make_unique<LocalAnswerer>(model, with, local);
  };
  Session session(open, open(options.model, wishes, {}), look, interrupts);
  talk(session, interactive, prompt);
  return 0;
}

}  // namespace cria::cmd
