#include "cmd/session.h"

#include <exception>

#include "base/error.h"
#include "cmd/image_paths.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/statistics.h"
#include "cmd/stopwatch.h"
#include "serving/pictures.h"
#include "serving/sampling.h"

namespace cria::cmd {
namespace {

Session::Mode mode_of(const ChatModel& model, bool raw) {
  if (raw) return Session::Mode::kRaw;
  if (model.text().chat_template()) return Session::Mode::kChat;
  const std::string& problem = model.text().template_problem();
  notice(concat(problem.empty() ? "the model has no chat template"
                                : "the model's chat template cannot be used: " + problem,
                ", so the prompt is continued as plain text (--raw asks for this)"));
  return Session::Mode::kPlain;
}

}  // namespace

Session::Session(ChatModel& model, Settings settings, bool raw, Interrupts interrupts)
    : model_(model),
      settings_(std::move(settings)),
      mode_(mode_of(model, raw)),
      interrupts_(interrupts) {
  if (!settings_.system.empty()) set_system(settings_.system);
}

void Session::set_system(std::string text) {
  if (mode_ != Mode::kChat) {
    fail(Error::Code::kInvalidArgument,
         "a system text needs a chat template, but prompts are continued as plain text here");
  }
  settings_.system = std::move(text);
}

void Session::begin(const std::optional<std::string>& system,
                    std::span<const chat::Message> messages) {
  if (mode_ != Mode::kChat) {
    if (mode_ == Mode::kPlain && (system || !messages.empty())) {
      notice("the model's system text and messages have no effect without a chat template");
    }
    return;
  }
  if (system && settings_.system.empty()) settings_.system = *system;
  for (const chat::Message& message : messages) turns_.push_back({message, {}});
}

void Session::answer(const std::string& text) {
  const Stopwatch watch;
  std::string answer;
  Turn turn = turn_of(text);
  const runner::Result result = generate(request_of(turn), answer);
  const bool failed = result.finish == runner::Finish::kError;
  if (!failed || !answer.empty()) print("\n");
  flush();
  if (failed) fail(Error::Code::kInternal, model_.text().file().path(), ": ", result.error);
  if (mode_ == Mode::kChat) {
    turns_.push_back(std::move(turn));
    turns_.push_back({{"assistant", answer}, {}});
  }
  report(result);
  const double load_seconds = model_.take_load_seconds();
  if (settings_.verbose) print_statistics(result, load_seconds, watch.seconds());
}

Session::Turn Session::turn_of(const std::string& text) const {
  ImagePaths images = find_image_paths(text);
  if (images.paths.empty()) return {{"user", text}, {}};
  if (!model_.text().vision()) {
    notice(concat("the model can not see: ", images.paths.front(), " is taken as text"));
    return {{"user", text}, {}};
  }
  Turn turn{{"user", std::move(images.text)}, {}};
  const model::VisionSpec spec = model_.text().vision()->vision_spec();
  for (const std::string& path : images.paths) {
    turn.pictures.push_back(
        std::make_shared<model::Picture>(serving::picture_of(image::read(path), spec)));
    turn.message.pictures += model_.text().picture_token();
    notice("added image " + path);
  }
  return turn;
}

runner::Request Session::request_of(const Turn& turn) const {
  if (mode_ != Mode::kChat) {
    return {.prompt = model_.text().plain_prompt(turn.message, mode_ == Mode::kRaw),
            .pictures = turn.pictures};
  }
  runner::Request request;
  chat::Conversation conversation;
  std::vector<chat::Message>& messages = conversation.messages;
  if (!settings_.system.empty()) messages.push_back({"system", settings_.system});
  const auto add = [&](const Turn& said) {
    messages.push_back(said.message);
    request.pictures.insert(request.pictures.end(), said.pictures.begin(), said.pictures.end());
  };
  for (const Turn& said : turns_) add(said);
  add(turn);
  request.prompt = model_.chat_prompt(conversation);
  return request;
}

runner::Result Session::wait(runner::Generation& generation) const {
  if (interrupts_ == Interrupts::kEndProgram) return generation.wait();
  const OnInterrupt cancel([&generation] { generation.cancel(); });
  return generation.wait();
}

runner::Result Session::generate(runner::Request request, std::string& text) {
  if (static_cast<int64_t>(request.prompt.size()) > model_.context()) {
    fail(Error::Code::kInvalidArgument, "the prompt has ", request.prompt.size(), " tokens",
         turns_.empty() ? "" : " with the conversation so far", ", but the context holds ",
         model_.context(), ": ", advice());
  }
  // What fails on the engine's thread is thrown on this one.
  std::exception_ptr failure;
  request.sampling = serving::sampling_options(settings_.generation, model_.text().tokenizer());
  request.max_tokens = settings_.generation.max_tokens;
  request.stop = settings_.generation.stop;
  request.grammar = settings_.grammar;
  request.on_text = [&](std::string_view piece) {
    try {
      const BlockInterrupts block;  // writing is not to be cut short
      text += piece;
      print(piece);
      flush();
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  };
  runner::Generation generation = model_.text().engine().submit(std::move(request));
  runner::Result result = wait(generation);
  if (failure) std::rethrow_exception(failure);
  return result;
}

void Session::report(const runner::Result& result) const {
  if (result.finish != runner::Finish::kContext) return;
  notice(concat("the context of ", model_.context(),
                " tokens is full, the answer was cut: ", advice()));
}

std::string Session::advice() const {
  const bool interactive = interrupts_ == Interrupts::kEndAnswer;
  std::string text;
  if (model_.text().largest_context() == 0 || model_.context() < model_.text().largest_context()) {
    text = interactive ? "/set parameter num_ctx N asks for more" : "--num-ctx N asks for more";
    if (model_.text().largest_context() > 0)
      text += concat(" (up to ", model_.text().largest_context(), ")");
  }
  const bool clear_helps = interactive && mode_ == Mode::kChat;
  if (clear_helps) text += concat(text.empty() ? "" : ", ", "/clear forgets the conversation");
  return text.empty() ? "the model was made for no more" : text;
}

}  // namespace cria::cmd
