#include "cmd/session.h"

#include "base/error.h"
#include "cmd/image_paths.h"
#include "cmd/input.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/spinner.h"
#include "cmd/statistics.h"

namespace cria::cmd {

Session::Session(Open open, std::unique_ptr<Answerer> first, const Look& look,
                 Interrupts interrupts)
    : open_(std::move(open)), answerer_(std::move(first)), look_(look), interrupts_(interrupts) {}

template <class Run>
auto Session::stoppable(const Run& run) const {
  std::stop_source stop;
  std::optional<OnInterrupt> on_interrupt;
  if (interrupts_ == Interrupts::kEndAnswer) {
    on_interrupt.emplace([&stop] { stop.request_stop(); });
  }
  return run(stop.get_token());
}

void Session::load(const std::string& model) {
  answerer_ = stoppable(
      [&](const std::stop_token& stop) { return open_(model, answerer_->wishes(), stop); });
  clear();
}

void Session::answer(const std::string& text) {
  AnswerPrinter printer(look_);
  said_.push_back(question_of(text));
  Answered answered;
  try {
    answered = ask(printer);
  } catch (...) {
    said_.pop_back();
    printer.break_off();
    throw;
  }
  printer.finish();
  if (answerer_->chats()) {
    said_.push_back({"assistant", printer.text(), printer.thinking()});
  } else {
    clear();
  }
  if (!answered.notice.empty()) notice(answered.notice);
  if (look_.verbose) print_statistics(answered);
}

Said Session::question_of(const std::string& text) const {
  ImagePaths images = find_image_paths(text);
  if (images.paths.empty()) return {"user", text};
  if (!answerer_->sees()) {
    notice(concat("the model can not see: ", images.paths.front(), " is taken as text"));
    return {"user", text};
  }
  Said question{"user", std::move(images.text)};
  for (const std::string& path : images.paths) {
    question.pictures.push_back(
        std::make_shared<PictureFile>(PictureFile{.path = path, .bytes = read_file(path)}));
    notice("added image " + path);
  }
  return question;
}

Answered Session::ask(AnswerPrinter& printer) {
  auto spinner = std::make_unique<Spinner>();
  const auto receive = [&](Answerer::Part part, std::string_view piece) {
    spinner.reset();
    printer.print(part, piece);
  };
  return stoppable(
      [&](const std::stop_token& stop) { return answerer_->answer(said_, receive, stop); });
}

}  // namespace cria::cmd
