#pragma once
// A conversation with a model, or plain texts that it continues; answers go to standard output as
// they come.

#include <string>
#include <vector>

#include "cmd/chat_model.h"
#include "cmd/settings.h"

namespace cria::cmd {

class Session {
 public:
  enum class Mode {
    kChat,   // messages, in the chat format of the model
    kPlain,  // the model has none: each text is continued
    kRaw     // likewise, as the user wishes; special tokens in the text are recognised
  };
  enum class Interrupts { kEndProgram, kEndAnswer };

  // Says why when a model cannot chat although `raw` was not asked for.
  Session(ChatModel& model, Settings settings, bool raw, Interrupts interrupts);

  // Prints the answer to a text and keeps both. InvalidArgument when the conversation does not fit
  // into the context, or the settings make no sense; the text is forgotten then.
  void answer(const std::string& text);
  void clear() { messages_.clear(); }

  // InvalidArgument: a model that does not chat has no use for it.
  void set_system(std::string text);
  Settings& settings() { return settings_; }

 private:
  std::vector<tokenizer::Id> prompt_of(const std::string& text) const;
  runner::Result generate(std::vector<tokenizer::Id> prompt, std::string& text);
  runner::Result wait(runner::Generation& generation) const;
  void report(const runner::Result& result) const;
  std::string advice() const;

  ChatModel& model_;
  Settings settings_;
  Mode mode_;
  Interrupts interrupts_;
  std::vector<chat::Message> messages_;  // without the system's
};

}  // namespace cria::cmd
