#pragma once
// A conversation with a model, or plain texts that it continues; answers go to standard output as
// they come.

#include <memory>
#include <optional>
#include <span>
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

  // Prints the answer to a text and keeps both. Paths of pictures in it become pictures, where the
  // model can see. InvalidArgument when the conversation does not fit
  // into the context, or the settings make no sense; the text is forgotten then.
  void answer(const std::string& text);
  void clear() { turns_.clear(); }

  // What a stored model comes with, where no system text was given; without effect where there is
  // no chat, which is told unless that was asked for.
  void begin(const std::optional<std::string>& system, std::span<const chat::Message> messages);

  // InvalidArgument: a model that does not chat has no use for it.
  void set_system(std::string text);
  Settings& settings() { return settings_; }

 private:
  using Pictures = std::vector<std::shared_ptr<const model::Picture>>;
  struct Turn {
    chat::Message message;
    Pictures pictures;
  };

  Turn turn_of(const std::string& text) const;
  // With all pictures of the conversation in the request.
  runner::Request request_of(const Turn& turn) const;
  runner::Result generate(runner::Request request, std::string& text);
  runner::Result wait(runner::Generation& generation) const;
  void report(const runner::Result& result) const;
  std::string advice() const;

  ChatModel& model_;
  Settings settings_;
  Mode mode_;
  Interrupts interrupts_;
  std::vector<Turn> turns_;  // without the system's
};

}  // namespace cria::cmd
