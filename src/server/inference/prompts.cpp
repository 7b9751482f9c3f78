#include "server/inference/prompts.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error.h"
#include "image/image.h"
#include "registry/insert_tokens.h"
#include "serving/generation_options.h"
#include "serving/pictures.h"
#include "template/go/chat_template.h"

namespace cria::server {
namespace {

using Code = Error::Code;
using Pictures = std::vector<std::shared_ptr<const model::Picture>>;

// A message with its pictures as the model takes them.
struct Seen {
  chat::Message message;
  Pictures pictures = {};
};

class Maker {
 public:
  Maker(const LoadedText& loaded, int64_t context, GenerationRequest& request)
      : loaded_(loaded),
        model_(*loaded.model),
        stored_(loaded.stored),
        context_(context),
        request_(request) {}

  ReadyPrompt chat();
  ReadyPrompt completion(const Prompt& prompt);

 private:
  [[noreturn]] void unsupported(std::string_view what, const std::string& why = "") const {
    fail(Code::kInvalidArgument, '"', request_.model, "\" does not support ", what,
         why.empty() ? "" : ": " + why);
  }

  int64_t room() const;
  Seen see(const Turn& turn) const;
  Seen see(const modelfile::Message& message) const { return {{message.role, message.content}}; }
  const chat::ChatTemplate* chat_template() const;
  void check_thinking(const chat::ChatTemplate& chat_template);
  ReadyPrompt render(std::span<const Seen> messages, size_t skipped,
                     const chat::ChatTemplate& chat_template) const;
  ReadyPrompt render_fitting(const std::vector<Seen>& messages,
                             const chat::ChatTemplate& chat_template);
  ReadyPrompt insertion(const std::string& prompt, const chat::ChatTemplate* chat_template) const;
  void fit(ReadyPrompt& prompt);
  [[noreturn]] void refuse_length(size_t tokens) const;

  const LoadedText& loaded_;
  const serving::TextModel& model_;
  const StoredSettings& stored_;
  const int64_t context_;
  GenerationRequest& request_;
};

// Of the context for a prompt that was cut: an answer wants some, too.
int64_t Maker::room() const { return context_ - std::max<int64_t>(1, context_ / 8); }

Seen Maker::see(const Turn& turn) const {
  Seen seen{turn.message};
  if (turn.images.empty()) return seen;
  if (!model_.vision()) unsupported("vision", "it can not see images");
  const model::VisionSpec spec = model_.vision()->vision_spec();
  for (const std::string& file : turn.images) {
    const image::Image image = image::decode("image", std::as_bytes(std::span(file)));
    seen.pictures.push_back(std::make_shared<model::Picture>(serving::picture_of(image, spec)));
    seen.message.pictures += model_.picture_token();
  }
  seen.message.images = std::ssize(turn.images);
  return seen;
}

// Null: the model has none.
const chat::ChatTemplate* Maker::chat_template() const {
  if (!model_.chat_template() && !model_.lacks_template()) {
    unsupported("chat", model_.template_problem());
  }
  return model_.chat_template();
}

// Models that can think do so unless they are told not to.
void Maker::check_thinking(const chat::ChatTemplate& chat_template) {
  if (!chat_template.thinks() && !loaded_.reply.thinks()) {
    if (request_.thinking && request_.thinking->on) unsupported("thinking");
    request_.thinking.reset();
    return;
  }
  if (!request_.thinking) request_.thinking = {.on = true};
  if (request_.thinking->on && request_.thinking->level.empty())
    request_.thinking->level = "medium";
}

// Of those that are skipped, what the system says stays.
ReadyPrompt Maker::render(std::span<const Seen> messages, size_t skipped,
                          const chat::ChatTemplate& chat_template) const {
  ReadyPrompt prompt;
  chat::Conversation conversation{.messages = {}, .tools = {}, .thinking = request_.thinking};
  if (request_.chat && request_.chat->tool_choice.kind != ToolChoice::Kind::kNone) {
    conversation.tools = request_.chat->tools;
  }
  for (size_t i = 0; i < messages.size(); ++i) {
    if (i < skipped && messages[i].message.role != "system") continue;
    conversation.messages.push_back(messages[i].message);
    prompt.pictures.insert(prompt.pictures.end(), messages[i].pictures.begin(),
                           messages[i].pictures.end());
  }
  const std::vector<chat::Part> parts = chat_template.render(conversation, {});
  for (const chat::Part& part : parts) prompt.text += part.text;
  if (!request_.only_render) prompt.ids = model_.ids_of(parts);
  return prompt;
}

ReadyPrompt Maker::render_fitting(const std::vector<Seen>& messages,
                                  const chat::ChatTemplate& chat_template) {
  ReadyPrompt whole = render(messages, 0, chat_template);
  const auto fits = [&](const ReadyPrompt& prompt) { return std::ssize(prompt.ids) <= context_; };
  if (fits(whole)) return whole;
  if (!request_.truncate) refuse_length(whole.ids.size());
  // A conversation begins anew where a user speaks: templates refuse others. The last of them
  // stays.
  std::vector<size_t> beginnings;
  for (size_t i = 1; i < messages.size(); ++i) {
    if (messages[i].message.role == "user") beginnings.push_back(i);
  }
  if (beginnings.empty()) beginnings.push_back(0);
  const auto first_that_fits = std::partition_point(
      beginnings.begin(), beginnings.end() - 1,
      [&](size_t begin) { return !fits(render(messages, begin, chat_template)); });
  const size_t begin = *first_that_fits;
  ReadyPrompt prompt = render(messages, begin, chat_template);
  const auto left_out =
      std::count_if(messages.begin(), messages.begin() + static_cast<int64_t>(begin),
                    [](const Seen& seen) { return seen.message.role != "system"; });
  if (left_out > 0) {
    request_.warnings.push_back(concat(
        "the conversation has ", whole.ids.size(), " tokens, but the context holds ", context_,
        ": the oldest ", left_out, " of ", messages.size(), " messages were left out"));
  }
  fit(prompt);
  return prompt;
}

void Maker::refuse_length(size_t tokens) const {
  fail(Code::kInvalidArgument, "the prompt has ", tokens, " tokens, but the context holds ",
       context_, ": the option num_ctx asks for more",
       model_.largest_context() > 0 ? concat(" (up to ", model_.largest_context(), ")") : "");
}

// Takes out of the middle what is too much.
void Maker::fit(ReadyPrompt& prompt) {
  const int64_t count = std::ssize(prompt.ids);
  if (count <= context_) return;
  if (!request_.truncate || !prompt.pictures.empty()) refuse_length(prompt.ids.size());
  serving::GenerationOptions options;
  serving::set_parameters(options, stored_.parameters);
  serving::set_parameters(options, request_.options);
  int64_t keep = options.keep < 0 ? count : options.keep;
  keep = std::clamp<int64_t>(keep, 0, room() / 2);
  const int64_t surplus = count - room();
  prompt.ids.erase(prompt.ids.begin() + keep, prompt.ids.begin() + keep + surplus);
  request_.warnings.push_back(concat("the prompt has ", count, " tokens, but the context holds ",
                                     context_, ": ", surplus, " tokens after the first ", keep,
                                     " were left out"));
}

ReadyPrompt Maker::chat() {
  const chat::ChatTemplate* chat_template = this->chat_template();
  if (!chat_template) unsupported("chat", "it has no chat template");
  const ChatRequest& asked = *request_.chat;
  if (!asked.tools.is_null() && !chat_template->takes_tools()) unsupported("tools");
  check_thinking(*chat_template);
  std::vector<Seen> messages;
  const bool has_system = !asked.turns.empty() && asked.turns[0].message.role == "system";
  if (!has_system && !stored_.system.empty()) messages.push_back({{"system", stored_.system}});
  for (const modelfile::Message& message : stored_.messages) messages.push_back(see(message));
  for (const Turn& turn : asked.turns) messages.push_back(see(turn));
  return render_fitting(messages, *chat_template);
}

ReadyPrompt Maker::insertion(const std::string& prompt,
                             const chat::ChatTemplate* chat_template) const {
  const auto* go = dynamic_cast<const go::ChatTemplate*>(chat_template);
  const auto tokens = go ? std::nullopt : registry::insert_tokens(model_.file());
  if (go && !go->takes_suffix()) unsupported("insert", "its template has no .Suffix");
  if (!go && !tokens) unsupported("insert", "its vocabulary has no tokens for it");
  const std::string& suffix = request_.completion.suffix;
  ReadyPrompt ready;
  const std::vector<chat::Part> parts =
      go ? go->render_between(prompt, suffix, request_.thinking) : tokens->prompt(prompt, suffix);
  for (const chat::Part& part : parts) ready.text += part.text;
  ready.ids = model_.ids_of(parts);
  return ready;
}

ReadyPrompt Maker::completion(const Prompt& asked) {
  const CompletionRequest& completion = request_.completion;
  ReadyPrompt prompt;
  if (!asked.ids.empty()) {
    prompt.ids = asked.ids;
    fit(prompt);
    return prompt;
  }
  Seen user = see(Turn{{"user", asked.text}, completion.images});
  std::optional<go::ChatTemplate> own;
  if (completion.chat_template.value_or("") != "")
    own.emplace("template", *completion.chat_template);
  const chat::ChatTemplate* chat_template = completion.raw ? nullptr
                                            : own          ? &*own
                                                           : this->chat_template();
  if (chat_template) check_thinking(*chat_template);
  if (!completion.suffix.empty()) {
    prompt = insertion(asked.text, chat_template);
  } else if (chat_template) {
    std::vector<Seen> messages;
    const std::string& system = completion.system ? *completion.system : stored_.system;
    if (!system.empty()) messages.push_back({{"system", system}});
    // A context already holds them.
    if (completion.context.empty()) {
      for (const modelfile::Message& message : stored_.messages) messages.push_back(see(message));
    }
    messages.push_back(std::move(user));
    prompt = render(messages, 0, *chat_template);
  } else {
    prompt.text = asked.text;
    prompt.ids = model_.plain_prompt(user.message, completion.raw);
    prompt.pictures = user.pictures;
  }
  prompt.ids.insert(prompt.ids.begin(), completion.context.begin(), completion.context.end());
  fit(prompt);
  return prompt;
}

}  // namespace

bool asks_for_nothing(const GenerationRequest& request) {
  if (request.chat) return request.chat->turns.empty();
  const CompletionRequest& completion = request.completion;
  return std::ranges::all_of(
             completion.prompts,
             [](const Prompt& prompt) { return prompt.text.empty() && prompt.ids.empty(); }) &&
         completion.images.empty() && completion.suffix.empty() && completion.context.empty();
}

std::vector<ReadyPrompt> make_prompts(const LoadedText& loaded, int64_t context,
                                      GenerationRequest& request) {
  Maker maker(loaded, context, request);
  std::vector<ReadyPrompt> prompts;
  if (request.chat) {
    prompts.push_back(maker.chat());
    return prompts;
  }
  for (const Prompt& prompt : request.completion.prompts) {
    prompts.push_back(maker.completion(prompt));
  }
  return prompts;
}

}  // namespace cria::server
