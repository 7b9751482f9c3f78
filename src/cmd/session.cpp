#include "cmd/session.h"

#include <exception>

#include "base/error.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/statistics.h"
#include "cmd/stopwatch.h"
#include "tokenizer/breakers.h"

namespace cria::cmd {
namespace {

Session::Mode mode_of(const ChatModel& model, bool raw) {
  if (raw) return Session::Mode::kRaw;
  if (model.format()) return Session::Mode::kChat;
  notice(concat(model.has_chat_template() ? "the model's chat template is of no known format"
                                          : "the model has no chat template",
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

void Session::answer(const std::string& text) {
  const Stopwatch watch;
  std::string answer;
  const runner::Result result = generate(prompt_of(text), answer);
  const bool failed = result.finish == runner::Finish::kError;
  if (!failed || !answer.empty()) print("\n");
  flush();
  if (failed) fail(Error::Code::kInternal, model_.file().path(), ": ", result.error);
  if (mode_ == Mode::kChat) {
    messages_.push_back({"user", text});
    messages_.push_back({"assistant", answer});
  }
  report(result);
  const double load_seconds = model_.take_load_seconds();
  if (settings_.verbose) print_statistics(result, load_seconds, watch.seconds());
}

std::vector<tokenizer::Id> Session::prompt_of(const std::string& text) const {
  if (mode_ != Mode::kChat) return model_.plain_prompt(text, mode_ == Mode::kRaw);
  std::vector<chat::Message> messages;
  if (!settings_.system.empty()) messages.push_back({"system", settings_.system});
  messages.insert(messages.end(), messages_.begin(), messages_.end());
  messages.push_back({"user", text});
  return model_.chat_prompt(messages);
}

runner::Result Session::wait(runner::Generation& generation) const {
  if (interrupts_ == Interrupts::kEndProgram) return generation.wait();
  const OnInterrupt cancel([&generation] { generation.cancel(); });
  return generation.wait();
}

runner::Result Session::generate(std::vector<tokenizer::Id> prompt, std::string& text) {
  if (static_cast<int64_t>(prompt.size()) > model_.context()) {
    fail(Error::Code::kInvalidArgument, "the prompt has ", prompt.size(), " tokens",
         messages_.empty() ? "" : " with the conversation so far", ", but the context holds ",
         model_.context(), ": ", advice());
  }
  sample::Options sampling = settings_.sampling;
  if (sampling.dry_multiplier > 0) {
    for (const std::string& breaker : settings_.dry_sequence_breakers) {
      for (auto& sequence : tokenizer::tokens_that_show(model_.tokenizer(), breaker)) {
        sampling.dry_breakers.push_back(std::move(sequence));
      }
    }
  }
  // What fails on the engine's thread is thrown on this one.
  std::exception_ptr failure;
  runner::Request request{.prompt = std::move(prompt),
                          .sampling = std::move(sampling),
                          .max_tokens = settings_.max_tokens,
                          .stop = settings_.stop,
                          .on_text = [&](std::string_view piece) {
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
                          }};
  runner::Generation generation = model_.engine().submit(std::move(request));
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
  if (model_.largest_context() == 0 || model_.context() < model_.largest_context()) {
    text = interactive ? "/set parameter num_ctx N asks for more" : "--num-ctx N asks for more";
    if (model_.largest_context() > 0) text += concat(" (up to ", model_.largest_context(), ")");
  }
  const bool clear_helps = interactive && mode_ == Mode::kChat;
  if (clear_helps) text += concat(text.empty() ? "" : ", ", "/clear forgets the conversation");
  return text.empty() ? "the model was made for no more" : text;
}

}  // namespace cria::cmd
