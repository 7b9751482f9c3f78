#pragma once
// Reads lines from a terminal, with editing, history and pasting of many lines.

#include <memory>
#include <string>

namespace cria::cmd {

class LineEditor {
 public:
  // An empty path: no history between sessions. Ctrl-G opens the command `external`, with the file
  // to edit behind it.
  LineEditor(const std::string& history_path, std::string external);
  ~LineEditor();

  enum class Status { kLine, kInterrupted, kEnd };
  struct Line {
    Status status = Status::kEnd;
    std::string text;  // without the newline; what had been typed when it was interrupted
  };
  // The placeholder stands dimmed where nothing is typed yet. Interrupts need an InterruptHandler.
  Line read(const std::string& prompt, const std::string& placeholder);
  // Adds to the history, unless none is kept.
  void remember(const std::string& input);
  void keep_history(bool keeps);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Where the history is kept; "" when the user has no home.
std::string default_history_path();

}  // namespace cria::cmd
