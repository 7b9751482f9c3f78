#include "cmd/repl.h"

#include <cstdio>

#include "base/error.h"
#include "cmd/external_editor.h"
#include "cmd/interrupt.h"
#include "cmd/line_editor.h"
#include "cmd/multiline.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/slash_commands.h"

namespace cria::cmd {
namespace {

// One input of one or many lines; nothing when the user leaves.
std::optional<Input> read_input(LineEditor& editor) {
  MultilineInput input;
  while (true) {
    const LineEditor::Line line = input.open()
                                      ? editor.read("... ", "Use \"\"\" to end the text")
                                      : editor.read(">>> ", "Send a message (/? for help)");
    switch (line.status) {
      case LineEditor::Status::kEnd:
        return std::nullopt;
      case LineEditor::Status::kInterrupted:
        if (line.text.empty() && !input.open()) std::fputs("Ctrl-D or /bye leaves.\n", stderr);
        input.clear();
        break;
      case LineEditor::Status::kLine:
        if (std::optional<Input> complete = input.add(line.text)) return complete;
    }
  }
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t") == text.npos; }

// The beginning of the conversation, that a model comes with.
void print_messages(std::span<const Said> messages) {
  for (const Said& said : messages) {
    if (said.role == "user") print(concat(">>> ", said.content, "\n"));
    if (said.role == "assistant") print(concat(said.content, "\n\n"));
  }
  flush();
}

}  // namespace

void repl(Session& session) {
  const InterruptHandler handler;
  LineEditor editor(default_history_path(), external_editor());
  editor.keep_history(!program_settings().flag("nohistory"));
  print_messages(session.answerer().own_messages());
  while (std::optional<Input> input = read_input(editor)) {
    if (is_blank(input->text)) continue;
    editor.remember(input->text);
    try {
      if (input->quoted || !input->text.starts_with("/")) {
        session.answer(input->text);
        print("\n");
      } else if (run_slash_command(input->text, session, editor) == AfterCommand::kLeave) {
        return;
      }
      flush();
    } catch (const Error& error) {
      notice(error.what());
    }
  }
}

}  // namespace cria::cmd
