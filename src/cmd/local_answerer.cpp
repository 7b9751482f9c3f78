#include "cmd/local_answerer.h"

#include <exception>
#include <utility>

#include "base/about_file.h"
#include "base/error.h"
#include "cmd/format.h"
#include "cmd/list.h"
#include "cmd/local_parameters.h"
#include "cmd/model_summary.h"
#include "cmd/output.h"
#include "cmd/output_format.h"
#include "cmd/parameters_text.h"
#include "cmd/save_model.h"
#include "cmd/show_stored.h"
#include "cmd/stopwatch.h"
#include "cmd/summary_text.h"
#include "serving/find_reply_format.h"
#include "serving/pictures.h"
#include "serving/sampling.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;

chat::Message message_of(const Said& said) {
  chat::Message message{.role = said.role, .content = said.content};
  message.thinking = said.thinking;
  message.images = std::ssize(said.pictures);
  return message;
}

void tell(const std::vector<chat::ReplyEvent>& events, const Answerer::Receive& receive) {
  for (const chat::ReplyEvent& event : events) {
    if (event.kind == chat::ReplyEvent::Kind::kThinking) {
      receive(Answerer::Part::kThinking, event.text);
    } else if (event.kind == chat::ReplyEvent::Kind::kContent) {
      receive(Answerer::Part::kText, event.text);
    }
  }
}

}  // namespace

LocalAnswerer::LocalAnswerer(const std::string& model, const Wishes& wishes,
                             const LocalOptions& options)
    : Answerer(model),
      options_(options),
      found_(find_model(model)),
      model_(found_, compute_in_force(options.compute, found_),
             context_in_force(wishes.parameters, found_)),
      mode_(mode_of()) {
  if (chats()) {
    reply_ = serving::find_reply_format(model_.text(),
                                        found_.stored ? found_.stored->config().parser : "");
  }
  if (found_.stored) {
    for (const modelfile::Message& message : found_.stored->messages()) {
      own_.push_back({message.role, message.content});
    }
    tell_what_has_no_effect();
  }
  set_wishes(wishes);
}

LocalAnswerer::Mode LocalAnswerer::mode_of() const {
  if (options_.raw) return Mode::kRaw;
  if (model_.text().chat_template()) return Mode::kChat;
  notice(concat(model_.text().template_problem(),
                ", so the prompt is continued as plain text (--raw asks for this)"));
  return Mode::kPlain;
}

void LocalAnswerer::tell_what_has_no_effect() const {
  const registry::Model& stored = *found_.stored;
  if (const std::string names = parameters_without_effect(stored.parameters()); !names.empty()) {
    notice("parameters of the model that have no effect here: " + names);
  }
  if (mode_ == Mode::kPlain && (stored.text(registry::kSystemLayer) || !own_.empty())) {
    notice("the model's system text and messages have no effect without a chat template");
  }
  for (const std::string_view kind : {registry::kProjectorLayer, registry::kDraftLayer}) {
    if (stored.files(kind).empty()) continue;
    notice(concat("the model's ", kind == registry::kDraftLayer ? "draft model" : "projector",
                  " is not used here"));
  }
}

void LocalAnswerer::adopt(const Wishes& wishes) {
  if (mode_ != Mode::kChat && wishes.system && !wishes.system->empty()) {
    fail(Code::kInvalidArgument,
         "a system text needs a chat template, but prompts are continued as plain text here");
  }
  if (wishes.think.value_or("false") != "false" &&
      !(chats() && model_.text().chat_template()->thinks())) {
    fail(Code::kInvalidArgument, "the model does not support thinking");
  }
  const int64_t context = context_in_force(wishes.parameters, found_);
  if (wishes.parameters.contains("num_thread")) {
    fail(Code::kUnsupported, "parameter num_thread: --threads N says it when the program starts");
  }
  const std::string unused = parameters_without_effect(wishes.parameters);
  if (!unused.empty()) {
    fail(Code::kUnsupported, "no effect in this process have the parameters ", unused);
  }
  serving::GenerationOptions generation;
  if (found_.stored) {
    about_file(concat("parameters of ", model()), [&] {
      serving::set_parameters(generation, modelfile::parameter_lines(found_.stored->parameters()));
    });
  }
  serving::set_parameters(generation, modelfile::parameter_lines(wishes.parameters));
  auto grammar = wishes.format.empty() ? nullptr : output_format(wishes.format);
  if (wishes.parameters.contains("num_ctx") && context != model_.context()) {
    model_.set_context(context);
  }
  generation_ = std::move(generation);
  grammar_ = std::move(grammar);
}

std::string LocalAnswerer::system() const {
  if (wishes().system) return *wishes().system;
  return system_text(found_);
}

std::shared_ptr<const model::Picture> LocalAnswerer::picture(
    const std::shared_ptr<const PictureFile>& file) {
  std::shared_ptr<const model::Picture>& known = pictures_[file];
  if (!known) {
    const image::Image image = image::decode(file->path, std::as_bytes(std::span(file->bytes)));
    const model::VisionSpec spec = model_.text().vision()->vision_spec();
    known = std::make_shared<model::Picture>(serving::picture_of(image, spec));
  }
  return known;
}

// A model that can think does so unless it is told not to.
std::optional<chat::Thinking> LocalAnswerer::thinking() const {
  if (!model_.text().chat_template()->thinks()) return std::nullopt;
  const std::string think = wishes().think.value_or("true");
  if (think == "false") return chat::Thinking{.on = false};
  return chat::Thinking{.on = true, .level = think == "true" ? "medium" : think};
}

LocalAnswerer::Asked LocalAnswerer::ask(std::span<const Said> said) {
  Asked asked;
  const auto with_pictures = [&](const Said& one) {
    chat::Message message = message_of(one);
    for (const auto& file : one.pictures) {
      asked.request.pictures.push_back(picture(file));
      message.pictures += model_.text().picture_token();
    }
    return message;
  };
  if (!chats()) {
    asked.request.prompt =
        model_.text().plain_prompt(with_pictures(said.back()), mode_ == Mode::kRaw);
    return asked;
  }
  chat::Conversation conversation;
  conversation.thinking = thinking();
  // An empty one that is wished for keeps a template from putting its own.
  if (const std::string text = system(); wishes().system || !text.empty()) {
    conversation.messages.push_back({"system", text});
  }
  for (const Said& one : own_) conversation.messages.push_back(message_of(one));
  for (const Said& one : said) conversation.messages.push_back(with_pictures(one));
  const std::vector<chat::Part> parts = model_.text().chat_template()->render(conversation, {});
  std::string text;
  for (const chat::Part& part : parts) text += part.text;
  asked.begins = reply_.begins(text);
  const bool begun = asked.begins == chat::ReplyFormat::Begins::kThought;
  const bool thinks = conversation.thinking && conversation.thinking->on && reply_.thinks();
  if (grammar_ && thinks && (begun || !reply_.thought_begin.empty())) {
    asked.request.thoughts = {reply_.thought_begin, reply_.thought_end, begun};
  }
  asked.request.prompt = model_.text().ids_of(parts);
  asked.request.special = reply_.needs_special();
  return asked;
}

Answered LocalAnswerer::answer(std::span<const Said> said, const Receive& receive,
                               const std::stop_token& stop) {
  const Stopwatch watch;
  auto [request, begins] = ask(said);
  chat::ReplyParser parser(reply_, {}, begins);
  if (std::ssize(request.prompt) > model_.context()) {
    fail(Code::kInvalidArgument, "the prompt has ", request.prompt.size(), " tokens",
         said.size() > 1 ? " with the conversation so far" : "", ", but the context holds ",
         model_.context(), ": ", advice());
  }
  request.sampling = serving::sampling_options(generation_, model_.text().tokenizer());
  request.max_tokens = generation_.max_tokens;
  request.stop = generation_.stop;
  request.grammar = grammar_;
  std::exception_ptr failure;  // of the receiver, which is to be thrown as it is
  request.on_text = [&](std::string_view piece) {
    try {
      tell(parser.add(piece), receive);
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  };
  runner::Generation generation = model_.text().engine().submit(std::move(request));
  runner::Result result;
  {
    const std::stop_callback cancel(stop, [&generation] { generation.cancel(); });
    result = generation.wait();
  }
  if (failure) std::rethrow_exception(failure);
  if (result.finish == runner::Finish::kError) {
    fail(Code::kInternal, model_.text().file().path(), ": ", result.error);
  }
  tell(parser.end(), receive);
  const double load = model_.take_load_seconds();
  const bool full = result.finish == runner::Finish::kContext;
  return {.total = load + watch.seconds(),
          .load = load,
          .prompt = result.prompt_seconds,
          .decode = result.decode_seconds,
          .prompt_tokens = result.prompt_tokens,
          .cached_tokens = result.cached_tokens,
          .generated_tokens = std::ssize(result.tokens),
          .notice = full ? concat("the context of ", model_.context(),
                                  " tokens is full, the answer was cut: ", advice())
                         : ""};
}

std::string LocalAnswerer::advice() const {
  const int64_t largest = model_.text().largest_context();
  std::string text;
  if (largest == 0 || model_.context() < largest) {
    text = options_.interactive ? "/set parameter num_ctx N asks for more"
                                : "--num-ctx N asks for more";
    if (largest > 0) text += concat(" (up to ", largest, ")");
  }
  if (options_.interactive && chats()) {
    text += concat(text.empty() ? "" : ", ", "/clear forgets the conversation");
  }
  return text.empty() ? "the model was made for no more" : text;
}

std::string LocalAnswerer::show(Topic topic) const {
  switch (topic) {
    case Topic::kInfo:
      return summary_text(summarize(model_.text().file()), stored_sections(found_));
    case Topic::kLicense:
      return license_text(found_);
    case Topic::kModelfile:
      return modelfile_text(found_);
    case Topic::kParameters:
      return parameters_text(generation_, model_.context());
    case Topic::kSystem:
      return system();
    case Topic::kTemplate:
      return template_text(found_);
  }
  return {};
}

void LocalAnswerer::save(const std::string& name, std::span<const Said> said) {
  std::vector<Said> messages = own_;
  messages.insert(messages.end(), said.begin(), said.end());
  save_model(found_, name, wishes(), messages);
}

std::string LocalAnswerer::list_models() { return models_table(stored_models()); }

}  // namespace cria::cmd
