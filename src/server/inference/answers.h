#pragma once
// The answers to one request, on their way from a model to a client.

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <vector>

#include "runner/engine.h"
#include "server/answers/answer_writer.h"
#include "server/inference/models.h"
#include "server/inference/prompts.h"
#include "server/metrics.h"
#include "server/router.h"
#include "serving/generation_options.h"
#include "template/reply/reply_event.h"

namespace cria::server {

struct Times {
  std::chrono::steady_clock::time_point begin;  // when the request was there
  std::chrono::nanoseconds load;                // that it waited for the model
};

class Answers {
 public:
  // Makes the prompts, which have at most `context` tokens together with their answers, and checks
  // the options: throws what is wrong with them.
  Answers(const LoadedText& loaded, int64_t context, GenerationRequest request, const Times& times,
          Call& call, AnswerWriter& writer, bool streams);
  ~Answers();

  // Waits until all have ended. Throws what goes wrong before an answer has begun; later it is
  // written into that.
  void run(const std::stop_token& stop, Metrics& metrics);

 private:
  struct Answer;

  void submit();
  runner::Request request_for(Answer& answer) const;
  bool tell(Answer& answer, std::vector<chat::ReplyEvent> events);
  bool tell_one(Answer& answer, chat::ReplyEvent event);
  bool write(std::string_view bytes);
  void finish(Answer& answer, Metrics& metrics);
  void count(const Answer& answer, const runner::Result& result, Metrics& metrics) const;
  Outcome outcome_of(const Answer& answer, const runner::Result& result) const;
  Response head();
  void end();

  const LoadedText& loaded_;
  const int64_t context_;
  GenerationRequest request_;
  const Times times_;
  Call& call_;
  AnswerWriter& writer_;
  const bool streams_;
  serving::GenerationOptions options_;
  std::vector<ReadyPrompt> prompts_;
  std::list<Answer> answers_;
  std::mutex mutex_;  // answers come from a thread each
};

}  // namespace cria::server
