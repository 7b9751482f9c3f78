#pragma once
// A conversation; answers go to standard output as they come.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cmd/answer_printer.h"
#include "cmd/answerer.h"

namespace cria::cmd {

class Session {
 public:
  enum class Interrupts { kEndProgram, kEndAnswer };
  // Makes an answerer for the name of a model; a stop may end that early, with an error.
  using Open = std::function<std::unique_ptr<Answerer>(
      const std::string& model, const Wishes& wishes, const std::stop_token& stop)>;

  // `open` is for others than the first.
  Session(Open open, std::unique_ptr<Answerer> first, const Look& look, Interrupts interrupts);

  // Prints the answer to a text and keeps both. Paths of pictures in it become pictures, where the
  // model can see. When the conversation does not fit into the context, or something else goes
  // wrong, the text is forgotten.
  void answer(const std::string& text);
  void clear() { said_.clear(); }
  // Another model, with which the conversation begins anew. On an error all is as it was.
  void load(const std::string& model);
  void save(const std::string& name) { answerer_->save(name, said_); }

  Answerer& answerer() { return *answerer_; }
  Look& look() { return look_; }

 private:
  Said question_of(const std::string& text) const;
  Answered ask(AnswerPrinter& printer);
  // Runs with a token that Ctrl-C stops.
  template <class Run>
  auto stoppable(const Run& run) const;

  Open open_;
  std::unique_ptr<Answerer> answerer_;
  Look look_;
  Interrupts interrupts_;
  std::vector<Said> said_;  // without the model's own messages
};

}  // namespace cria::cmd
