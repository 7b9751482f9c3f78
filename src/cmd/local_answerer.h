#pragma once
// Answers in this process.

#include <map>

#include "cmd/answerer.h"
#include "cmd/chat_model.h"
#include "cmd/find_model.h"
#include "grammar/grammar.h"
#include "serving/generation_options.h"
#include "template/reply/reply_parser.h"

namespace cria::cmd {

struct LocalOptions {
  serving::ComputeOptions compute;  // without threads and cache_type: as the settings say
  bool raw = false;                 // special tokens in texts are recognised, and there is no chat
  bool interactive = false;
};

class LocalAnswerer : public Answerer {
 public:
  // Says why when a model cannot chat although `raw` was not asked for, and what a stored model
  // comes with that has no effect.
  LocalAnswerer(const std::string& model, const Wishes& wishes, const LocalOptions& options);

  bool chats() const override { return mode_ == Mode::kChat; }
  bool sees() const override { return model_.text().vision() != nullptr; }
  std::vector<Said> own_messages() const override { return chats() ? own_ : std::vector<Said>{}; }
  Answered answer(std::span<const Said> said, const Receive& receive,
                  const std::stop_token& stop) override;
  std::string show(Topic topic) const override;
  void save(const std::string& name, std::span<const Said> said) override;
  std::string list_models() override;

 private:
  enum class Mode {
    kChat,   // messages, in the chat template of the model
    kPlain,  // the model has none
    kRaw     // as the user wishes
  };

  void adopt(const Wishes& wishes) override;
  Mode mode_of() const;
  void tell_what_has_no_effect() const;
  std::string system() const;
  // What the prompt is made of; an answer to it may begin inside of a thought.
  struct Asked {
    runner::Request request;
    chat::ReplyFormat::Begins begins = chat::ReplyFormat::Begins::kText;
  };
  Asked ask(std::span<const Said> said);
  std::optional<chat::Thinking> thinking() const;
  std::shared_ptr<const model::Picture> picture(const std::shared_ptr<const PictureFile>& file);
  std::string advice() const;

  LocalOptions options_;
  FoundModel found_;
  ChatModel model_;
  Mode mode_;
  chat::ReplyFormat reply_;  // how it marks its thoughts
  std::vector<Said> own_;    // messages
  serving::GenerationOptions generation_;
  std::shared_ptr<const grammar::Grammar> grammar_;  // that answers have to fit; null: any
  std::map<std::shared_ptr<const PictureFile>, std::shared_ptr<const model::Picture>> pictures_;
};

}  // namespace cria::cmd
