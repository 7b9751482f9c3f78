#include "serving/text_model.h"

#include <algorithm>
#include <utility>

#include "base/about_file.h"
#include "base/error.h"
#include "base/log.h"
#include "registry/chat_template.h"
#include "serving/prompt_ids.h"

namespace cria::serving {

int64_t context_length(const model::LoadedModel& loaded) {
  return loaded.config->dim("context_length", 0);
}

model::ExecutorOptions executor_options(const ComputeOptions& compute, const EngineSize& size) {
  constexpr int64_t kPass = 512;
  model::ExecutorOptions options = executor_options(compute);
  options.cache.context = size.context;
  options.cache.tokens = std::max(size.tokens, size.context);
  options.cache.sequences = size.sequences;
  options.max_tokens = std::max(std::min(kPass, size.context), size.sequences);
  options.max_outputs = size.sequences;
  return options;
}

TextModel::TextModel(model::LoadedModel loaded, const std::optional<std::string>& go_template,
                     const std::string& renderer)
    : loaded_(std::move(loaded)) {
  if (loaded_.model->output() != model::Output::kLogits) {
    fail(Error::Code::kUnsupported, file().path(),
         ": the model reads texts and writes none: it is for embeddings or for ranking");
  }
  tokenizer_ = about_file(file().path(), [&] {
    return tokenizer::make_tokenizer(tokenizer::Vocabulary::from(file()));
  });
  template_ = registry::find_chat_template(file(), go_template);
  if (!renderer.empty() && !chat_template()) {
    template_.problem = concat("prompts of the RENDERER \"", renderer,
                               "\" are not known here, and in its file: ", template_.problem);
  }
  lacks_template_ = renderer.empty() && go_template.value_or("").empty() &&
                    file().text("tokenizer.chat_template").value_or("").empty();
  log::debug("chat template: ", chat_template() ? chat_template()->language() : template_problem());
}

TextModel::~TextModel() { stop(); }

void TextModel::keep_prefixes(KeptPrefixes kept, std::string weights) {
  keeping_ = Keeping{std::move(kept), std::move(weights)};
}

void TextModel::stop() {
  const bool ran = engine_ != nullptr;
  engine_.reset();
  if (ran && keeping_) keeping_->where.keep(keeping_->weights, *executor_);
  executor_.reset();
}

int64_t TextModel::largest_context() const { return context_length(loaded_); }

void TextModel::start(const ComputeOptions& compute, const EngineSize& size,
                      const model::Executor::Progress& progress) {
  stop();
  about_file(file().path(), [&] {
    executor_ = std::make_unique<model::Executor>(*loaded_.model, loaded_.weight_list(),
                                                  executor_options(compute, size), progress);
  });
  if (keeping_) keeping_->where.restore(keeping_->weights, *executor_);
  engine_ = std::make_unique<runner::Engine>(
      *executor_, *tokenizer_, runner::EngineOptions{.most_waiting = size.most_waiting});
  size_ = size;
}

std::vector<tokenizer::Id> TextModel::ids_of(std::span<const chat::Part> parts) const {
  return prompt_ids(*tokenizer_, parts);
}

const std::string& TextModel::picture_token() const {
  const auto token = static_cast<size_t>(vision()->vision_spec().token);
  const std::vector<std::string>& tokens = tokenizer_->vocabulary().tokens;
  if (token < tokens.size()) return tokens[token];
  fail(Error::Code::kCorrupt, file().path(), ": token ", token,
       " stands for pictures, but the vocabulary has ", tokens.size());
}

std::vector<tokenizer::Id> TextModel::plain_prompt(const chat::Message& message,
                                                   bool special) const {
  std::vector<tokenizer::Id> ids =
      with_bos(*tokenizer_, tokenizer_->encode(message.content, special));
  const std::vector<tokenizer::Id> pictures = tokenizer_->encode(message.pictures, true);
  ids.insert(ids.begin(), pictures.begin(), pictures.end());
  return ids;
}

}  // namespace cria::serving
