#pragma once
// A model that is ready to answer: its file, tokenizer and chat format, and an engine that runs it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cmd/find_model.h"
#include "cmd/open_model.h"
#include "runner/engine.h"
#include "template/chat.h"
#include "tokenizer/tokenizer.h"

namespace cria::cmd {

class ChatModel {
 public:
  static constexpr int64_t kDefaultContext = 4096;

  // `context` in tokens; 0: as many as the model was made for, at most kDefaultContext.
  ChatModel(const FoundModel& model, const ComputeOptions& compute, int64_t context);

  const gguf::File& file() const { return *loaded_.file; }
  runner::Engine& engine() { return *engine_; }
  int64_t context() const { return context_; }
  // Makes the engine anew. More than the model was made for is cut to that, with a notice.
  void set_context(int64_t context);
  int64_t largest_context() const { return context_length(loaded_); }  // 0: the file does not say
  // Seconds that opening took, the first time it is asked for; then 0.
  double take_load_seconds();

  // Nothing when the file has no template, or none of a known format.
  const std::optional<chat::Format>& format() const { return format_; }
  bool has_chat_template() const { return has_chat_template_; }

  const tokenizer::Tokenizer& tokenizer() const { return *tokenizer_; }
  // Null: it can not see.
  const model::Vision* vision() const { return loaded_.model->vision(); }
  // The text of the token that stands for a picture.
  const std::string& picture_token() const;

  // Both start with BOS where the vocabulary wants it. An empty text becomes BOS alone.
  std::vector<tokenizer::Id> chat_prompt(std::span<const chat::Message> messages) const;
  // A message that is continued: pictures come before BOS, as models were taught that have no
  // format; its content may hold special tokens if `special`.
  std::vector<tokenizer::Id> plain_prompt(const chat::Message& message, bool special) const;

 private:
  std::vector<tokenizer::Id> with_bos(std::vector<tokenizer::Id> ids) const;

  ComputeOptions compute_;
  model::LoadedModel loaded_;
  std::unique_ptr<tokenizer::Tokenizer> tokenizer_;
  bool has_chat_template_ = false;
  std::optional<chat::Format> format_;
  int64_t context_ = 0;
  double load_seconds_ = 0;
  std::unique_ptr<model::Executor> executor_;
  std::unique_ptr<runner::Engine> engine_;  // last: it uses the others
};

}  // namespace cria::cmd
