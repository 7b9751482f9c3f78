#include "cmd/slash_commands.h"

#include <cctype>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/input.h"
#include "cmd/model_summary.h"
#include "cmd/nearest.h"
#include "cmd/output.h"
#include "cmd/summary_text.h"

namespace cria::cmd {
namespace {

constexpr const char* kHelp = R"(Commands:
  /set system TEXT             the instructions that the model is given
  /set parameter NAME VALUE    how answers are made: temperature, top_k, top_p, min_p, seed,
                               num_predict, num_ctx, stop, ...; /show parameters names all
  /set verbose | quiet         show the speed after each answer, or not
  /show info                   about the model
  /show parameters             those of /set parameter
  /show system                 that of /set system
  /clear                       forget the conversation
  /bye, /exit                  leave
  /?, /help                    this help

Use """ to begin a text of many lines, or one that starts with a slash, and """ to end it.

Keys:
  Ctrl-A, Ctrl-E    to the begin, the end of the line
  Alt-B, Alt-F      a word back, forward
  Ctrl-K, Ctrl-U    delete to the end of the line, the whole line
  Ctrl-W            delete the word before
  Up, Down          earlier inputs
  Ctrl-L            clear the screen
  Ctrl-C            stop the answer; clear the line
  Ctrl-D            leave
)";

// The next word of a text, which is cut off from it with the space after it.
std::string_view next_word(std::string_view& text) {
  constexpr std::string_view kSpace = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return word;
}

void set_parameter_of(std::string_view rest, ChatModel& model, Session& session) {
  const std::string_view name = next_word(rest);
  if (name.empty() || rest.empty()) {
    fail(Error::Code::kInvalidArgument, "usage: /set parameter NAME VALUE");
  }
  if (name != "num_ctx") return serving::set_parameter(session.settings().generation, name, rest);
  const std::vector<int32_t> values = parse_ids(rest);
  if (values.size() != 1 || values[0] < 1) {
    fail(Error::Code::kInvalidArgument, "parameter num_ctx: ", quote(rest),
         " is not a number of tokens");
  }
  model.set_context(values[0]);
}

void set(std::string_view rest, ChatModel& model, Session& session) {
  const std::string_view what = next_word(rest);
  if (what == "system") return session.set_system(std::string(rest));
  if (what == "parameter") return set_parameter_of(rest, model, session);
  if (what == "verbose" || what == "quiet") {
    session.settings().verbose = what == "verbose";
    return;
  }
  fail(Error::Code::kInvalidArgument,
       "usage: /set system TEXT, /set parameter NAME VALUE, /set verbose, or /set quiet");
}

void show(std::string_view rest, const ChatModel& model, Session& session) {
  const std::string_view what = next_word(rest);
  if (what == "info") return print(summary_text(summarize(model.text().file())));
  if (what == "parameters") {
    return print(concat(parameters_text(session.settings().generation), "  num_ctx           ",
                        model.context(), "\n"));
  }
  if (what == "system") {
    const std::string& system = session.settings().system;
    return print((system.empty() ? "none set" : system) + "\n");
  }
  fail(Error::Code::kInvalidArgument, "usage: /show info, /show parameters, or /show system");
}

}  // namespace

AfterCommand run_slash_command(std::string_view line, ChatModel& model, Session& session) {
  static const std::vector<std::string> kCommands{"/set",  "/show", "/clear", "/bye",
                                                  "/exit", "/help", "/?"};
  std::string_view rest = line;
  const std::string_view command = next_word(rest);
  if (command == "/bye" || command == "/exit") return AfterCommand::kLeave;
  if (command == "/help" || command == "/?") {
    print(kHelp);
  } else if (command == "/clear") {
    session.clear();
  } else if (command == "/set") {
    set(rest, model, session);
  } else if (command == "/show") {
    show(rest, model, session);
  } else {
    const std::string near = nearest(command, kCommands);
    fail(Error::Code::kInvalidArgument, "unknown command ", quote(command),
         near.empty() ? "" : concat(", did you mean ", near, "?"),
         " (/? lists the commands, \"\"\" begins a text)");
  }
  return AfterCommand::kStay;
}

}  // namespace cria::cmd
