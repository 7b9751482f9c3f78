#include "cmd/slash_commands.h"

#include "base/error.h"
#include "base/quote.h"
#include "cmd/nearest.h"
#include "cmd/output.h"
#include "cmd/slash_help.h"
#include "cmd/slash_set.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

void show(std::string_view rest, Session& session) {
  constexpr std::pair<std::string_view, Topic> kTopics[] = {
      {"info", Topic::kInfo},           {"license", Topic::kLicense},
      {"modelfile", Topic::kModelfile}, {"parameters", Topic::kParameters},
      {"system", Topic::kSystem},       {"template", Topic::kTemplate}};
  const std::string_view what = next_word(rest);
  std::string known;
  for (const auto& [name, topic] : kTopics) {
    if (name == what && rest.empty()) {
      std::string text = session.answerer().show(topic);
      if (text.empty()) text = "none set";
      if (!text.ends_with('\n')) text += '\n';
      return print(text);
    }
    known += concat(known.empty() ? "" : ", ", name);
  }
  fail(Code::kInvalidArgument, "/show ", quote(what), ", expected one of ", known);
}

std::string one_name(std::string_view rest, std::string_view command) {
  const std::string_view name = next_word(rest);
  if (name.empty() || !rest.empty()) fail(Code::kInvalidArgument, "usage: ", command, " NAME");
  return std::string(name);
}

void load(std::string_view rest, Session& session) {
  session.load(one_name(rest, "/load"));
  print(concat("Loaded model '", session.answerer().model(), "'\n"));
}

void save(std::string_view rest, Session& session) {
  const std::string name = one_name(rest, "/save");
  session.save(name);
  print(concat("Created new model '", name, "'\n"));
}

}  // namespace

AfterCommand run_slash_command(std::string_view line, Session& session, LineEditor& editor) {
  static const std::vector<std::string> kCommands{"/set",  "/show", "/load", "/save", "/clear",
                                                  "/list", "/bye",  "/exit", "/help", "/?"};
  std::string_view rest = line;
  const std::string_view command = next_word(rest);
  if (command == "/bye" || command == "/exit") return AfterCommand::kLeave;
  if (command == "/help" || command == "/?") {
    print(slash_help(next_word(rest)));
  } else if (command == "/clear") {
    session.clear();
    print("Cleared session context\n");
  } else if (command == "/set") {
    run_set(rest, session, editor);
  } else if (command == "/show") {
    show(rest, session);
  } else if (command == "/load") {
    load(rest, session);
  } else if (command == "/save") {
    save(rest, session);
  } else if (command == "/list") {
    print(session.answerer().list_models());
  } else {
    const std::string near = nearest(command, kCommands);
    fail(Code::kInvalidArgument, "unknown command ", quote(command),
         near.empty() ? "" : concat(", did you mean ", near, "?"),
         " (/? lists the commands, \"\"\" begins a text)");
  }
  return AfterCommand::kStay;
}

}  // namespace cria::cmd
