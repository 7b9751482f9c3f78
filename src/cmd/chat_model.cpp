#include "cmd/chat_model.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {

ChatModel::ChatModel(const FoundModel& model, const ComputeOptions& compute, int64_t context)
    : compute_(compute), loaded_(load_model(model, compute.adapters)) {
  const Stopwatch watch;
  if (loaded_.model->output() != model::Output::kLogits) {
    fail(Error::Code::kUnsupported, file().path(),
         ": the model reads texts and writes none: use cria embed or cria rerank");
  }
  tokenizer_ = tokenizer_of(file());
  if (const auto chat_template = file().text("tokenizer.chat_template")) {
    has_chat_template_ = !chat_template->empty();
    format_ = chat::Format::recognise(*chat_template);
  }
  log::debug("chat template: ", format_              ? format_->name()
                                : has_chat_template_ ? "of no known format"
                                                     : "none");
  set_context(context);
  load_seconds_ = watch.seconds();
}

void ChatModel::set_context(int64_t context) {
  constexpr int64_t kPass = 512;
  const int64_t largest = largest_context();
  if (context == 0) context = largest > 0 ? std::min(largest, kDefaultContext) : kDefaultContext;
  if (largest > 0 && context > largest) {
    notice(concat("a context of ", context, " tokens was asked for, but the model was made for ",
                  largest, ": using ", largest));
    context = largest;
  }
  // Two caches at once might not fit into memory.
  engine_.reset();
  executor_.reset();
  model::ExecutorOptions options = executor_options(compute_);
  options.cache.tokens = options.cache.context = context;
  options.max_tokens = std::min(kPass, context);
  const BlockInterrupts block;
  executor_ = open_executor(loaded_, options);
  engine_ = std::make_unique<runner::Engine>(*executor_, *tokenizer_);
  context_ = context;
}

double ChatModel::take_load_seconds() { return std::exchange(load_seconds_, 0); }

std::vector<tokenizer::Id> ChatModel::chat_prompt(std::span<const chat::Message> messages) const {
  CRIA_CHECK(format_.has_value());
  const std::vector<chat::Part> parts = format_->render(messages);
  std::vector<tokenizer::Piece> pieces;
  for (const chat::Part& part : parts) pieces.push_back({part.text, part.special});
  return with_bos(tokenizer_->encode(pieces));
}

const std::string& ChatModel::picture_token() const {
  const auto token = static_cast<size_t>(vision()->vision_spec().token);
  const std::vector<std::string>& tokens = tokenizer_->vocabulary().tokens;
  if (token < tokens.size()) return tokens[token];
  fail(Error::Code::kCorrupt, file().path(), ": token ", token,
       " stands for pictures, but the vocabulary has ", tokens.size());
}

std::vector<tokenizer::Id> ChatModel::plain_prompt(const chat::Message& message,
                                                   bool special) const {
  std::vector<tokenizer::Id> ids = with_bos(tokenizer_->encode(message.content, special));
  const std::vector<tokenizer::Id> pictures = tokenizer_->encode(message.pictures, true);
  ids.insert(ids.begin(), pictures.begin(), pictures.end());
  return ids;
}

std::vector<tokenizer::Id> ChatModel::with_bos(std::vector<tokenizer::Id> ids) const {
  const tokenizer::Vocabulary& vocabulary = tokenizer_->vocabulary();
  const bool wanted = vocabulary.add_bos || ids.empty();
  if (vocabulary.bos >= 0 && wanted && (ids.empty() || ids.front() != vocabulary.bos)) {
    ids.insert(ids.begin(), vocabulary.bos);
  }
  if (ids.empty()) {
    fail(Error::Code::kInvalidArgument,
         "the prompt is empty, and the vocabulary has no BOS token to start from");
  }
  return ids;
}

}  // namespace cria::cmd
