#include "server/inference/answers.h"

#include <algorithm>
#include <exception>
#include <list>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.h"
#include "runner/forward.h"
#include "server/errors.h"
#include "server/inference/restriction.h"
#include "serving/sampling.h"
#include "template/reply/reply_parser.h"

namespace cria::server {
namespace {

using Code = Error::Code;
using Kind = chat::ReplyEvent::Kind;
using Time = std::chrono::steady_clock;

std::chrono::nanoseconds nanoseconds(double seconds) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(seconds));
}

// Of a server that computes on processors alone, and as it likes.
constexpr std::string_view kWithoutEffect[] = {"num_batch", "num_gpu", "main_gpu", "use_mmap",
                                               "draft_num_predict"};

TokenLogprob logprob_of(const runner::Token& token, const tokenizer::Tokenizer& tokenizer) {
  TokenLogprob told{.token = token.bytes, .logprob = token.logprobs->logprob};
  for (const runner::Logprobs::Alternative& other : token.logprobs->top) {
    told.top.push_back({tokenizer.piece(other.id, true), other.logprob});
  }
  return told;
}

Reason reason_of(runner::Finish finish, bool has_called) {
  const bool is_cut = finish == runner::Finish::kLength || finish == runner::Finish::kContext;
  if (is_cut) return Reason::kLength;
  return has_called ? Reason::kToolCalls : Reason::kStop;
}

}  // namespace

// One of them.
struct Answers::Answer {
  Answer(int64_t of_all, int64_t of_prompt, const ReadyPrompt& asked,
         const chat::ReplyFormat& format, const chat::Data& tools)
      : number(of_all),
        choice(of_prompt),
        prompt(asked),
        parser(format, tools, format.begins(asked.text)) {}

  const int64_t number, choice;  // among all answers, and among those to its prompt
  const ReadyPrompt& prompt;
  chat::ReplyParser parser;
  std::optional<runner::Generation> generation = {};
  std::vector<TokenLogprob> logprobs = {};         // that no event was told with yet
  int64_t untold_tokens = 0, thinking_tokens = 0;  // since the last text, and in thoughts
  bool has_called = false;                         // a tool
  bool has_enough = false;                         // and is to say no more
  std::optional<Time::time_point> first_token = {};
  std::exception_ptr failure = {};
};

Answers::Answers(const LoadedText& loaded, int64_t context, GenerationRequest request,
                 const Times& times, Call& call, AnswerWriter& writer, bool streams)
    : loaded_(loaded),
      context_(context),
      request_(std::move(request)),
      times_(times),
      call_(call),
      writer_(writer),
      streams_(streams) {
  serving::set_parameters(options_, loaded_.stored.parameters);
  serving::set_parameters(options_, request_.options);
  for (const auto& [name, value] : request_.options) {
    if (std::ranges::find(kWithoutEffect, name) == std::end(kWithoutEffect)) continue;
    request_.warnings.push_back("option \"" + name + "\" has no effect here");
  }
  if (options_.max_tokens <= 0) options_.max_tokens = -1;  // as in Ollama
  if (request_.logprobs) options_.sampling.logprobs = static_cast<int32_t>(request_.top_logprobs);
  prompts_ = make_prompts(loaded_, context_, request_);
}

Answers::~Answers() = default;

runner::Request Answers::request_for(Answer& answer) const {
  runner::Request request{.prompt = answer.prompt.ids, .pictures = answer.prompt.pictures};
  request.sampling = serving::sampling_options(options_, loaded_.model->tokenizer());
  if (request.sampling.seed) *request.sampling.seed += static_cast<uint64_t>(answer.choice);
  request.context = context_;
  request.max_tokens = options_.max_tokens;
  request.stop = options_.stop;
  if (request_.shift) {
    request.shift = runner::Shift{.keep = options_.keep};
    request.max_tokens = std::min(request.max_tokens, runner::kMostContexts * context_);
  }
  const bool is_raw = !request_.chat && request_.completion.raw;
  if (is_raw) {
    request.grammar = request_.grammar;
    return request;
  }
  const bool in_thought =
      loaded_.reply.begins(answer.prompt.text) == chat::ReplyFormat::Begins::kThought;
  Restriction restriction = restriction_of(loaded_, request_, in_thought);
  request.grammar = std::move(restriction.grammar);
  request.thoughts = std::move(restriction.thoughts);
  request.special = loaded_.reply.needs_special();
  return request;
}

void Answers::submit() {
  const bool is_raw = !request_.chat && request_.completion.raw;
  const chat::ReplyFormat format = is_raw ? chat::ReplyFormat{} : loaded_.reply;
  const bool takes_tools =
      request_.chat && request_.chat->tool_choice.kind != ToolChoice::Kind::kNone;
  const chat::Data tools = takes_tools ? request_.chat->tools : chat::Data();
  for (const ReadyPrompt& prompt : prompts_) {
    for (int64_t choice = 0; choice < request_.choices; ++choice) {
      Answer& answer = answers_.emplace_back(std::ssize(answers_), choice, prompt, format, tools);
      runner::Request request = request_for(answer);
      request.on_text = [this, &answer](std::string_view text) {
        std::vector<chat::ReplyEvent> events = answer.parser.add(text);
        const int64_t tokens = std::exchange(answer.untold_tokens, 0);
        const bool thinks = !events.empty() && events.back().kind == Kind::kThinking;
        if (thinks) answer.thinking_tokens += tokens;
        return tell(answer, std::move(events));
      };
      request.on_token = [this, &answer](const runner::Token& token) {
        if (!answer.first_token) answer.first_token = Time::now();
        ++answer.untold_tokens;
        if (token.logprobs) {
          answer.logprobs.push_back(logprob_of(token, loaded_.model->tokenizer()));
        }
        return true;
      };
      answer.generation.emplace(loaded_.model->engine().submit(std::move(request)));
    }
  }
}

bool Answers::write(std::string_view bytes) {
  return bytes.empty() || call_.responder.write(bytes);
}

bool Answers::tell_one(Answer& answer, chat::ReplyEvent event) {
  if (event.kind == Kind::kToolEnd) {
    answer.has_called = true;
    answer.has_enough = !request_.chat->tool_choice.parallel;
  }
  const std::lock_guard lock(mutex_);
  return write(writer_.add({std::move(event), answer.number, std::exchange(answer.logprobs, {})}));
}

// False: no more is wanted.
bool Answers::tell(Answer& answer, std::vector<chat::ReplyEvent> events) {
  for (chat::ReplyEvent& event : events) {
    if (!tell_one(answer, std::move(event)) || answer.has_enough) return false;
  }
  return true;
}

Outcome Answers::outcome_of(const Answer& answer, const runner::Result& result) const {
  Outcome outcome{.reason = reason_of(result.finish, answer.has_called),
                  .stopped_by = result.stopped_by,
                  .prompt_tokens = result.prompt_tokens,
                  .cached_tokens = result.cached_tokens,
                  .generated_tokens = std::ssize(result.tokens),
                  .thinking_tokens = answer.thinking_tokens,
                  .total = Time::now() - times_.begin,
                  .load = times_.load,
                  .prompt = nanoseconds(result.prompt_seconds),
                  .generation = nanoseconds(result.decode_seconds)};
  if (!request_.chat) {
    outcome.context = answer.prompt.ids;
    outcome.context.insert(outcome.context.end(), result.tokens.begin(), result.tokens.end());
  }
  if (answer.number == 0) outcome.warnings = request_.warnings;
  return outcome;
}

// Also what was computed for somebody who has gone away.
void Answers::count(const Answer& answer, const runner::Result& result, Metrics& metrics) const {
  const auto generated = std::ssize(result.tokens);
  Metrics::Work work{.prompt_tokens = result.prompt_tokens,
                     .cached_tokens = result.cached_tokens,
                     .generated_tokens = generated};
  if (answer.first_token) work.to_first_token = *answer.first_token - times_.begin;
  if (generated > 1) {
    work.between_tokens = nanoseconds(result.decode_seconds / static_cast<double>(generated - 1));
  }
  metrics.worked(request_.model, work);
}

void Answers::finish(Answer& answer, Metrics& metrics) {
  try {
    const runner::Result result = answer.generation->wait();
    count(answer, result, metrics);
    if (result.finish == runner::Finish::kError) fail(Code::kInternal, result.error);
    if (result.finish == runner::Finish::kCancelled && !answer.has_enough) {
      fail(Code::kCancelled, "request canceled");
    }
    if (!answer.has_enough) tell(answer, answer.parser.end());
    if (!answer.logprobs.empty()) tell_one(answer, {});
    const std::lock_guard lock(mutex_);
    write(writer_.add(answer.number, outcome_of(answer, result)));
  } catch (...) {
    answer.failure = std::current_exception();
    for (Answer& other : answers_) other.generation->cancel();
  }
}

Response Answers::head() {
  Response response = writer_.begin();
  const int64_t before = answers_.front().generation->queue_position();
  response.headers.push_back({"X-Queue-Position", std::to_string(before)});
  return response;
}

void Answers::end() {
  for (const Answer& answer : answers_) {
    if (!answer.failure) continue;
    if (!call_.responder.has_begun()) std::rethrow_exception(answer.failure);
    try {
      std::rethrow_exception(answer.failure);
    } catch (const std::exception& error) {
      write(writer_.fail(problem_of(error)));
    }
    return call_.responder.end();
  }
  if (streams_) {
    write(writer_.end());
    return call_.responder.end();
  }
  Response response = head();
  response.body += writer_.end();
  call_.responder.send(std::move(response));
}

void Answers::run(const std::stop_token& stop, Metrics& metrics) {
  if (request_.only_render) {
    const nlohmann::ordered_json json = {
        {"model", request_.model},
        {"_debug_info",
         {{"rendered_template", prompts_[0].text}, {"image_count", prompts_[0].pictures.size()}}}};
    return call_.responder.send({.body = json.dump()});
  }
  submit();
  if (streams_) call_.responder.begin(head());
  {
    const std::stop_callback cancel(stop, [this] {
      for (Answer& answer : answers_) answer.generation->cancel();
    });
    std::vector<std::jthread> threads;
    for (auto answer = std::next(answers_.begin()); answer != answers_.end(); ++answer) {
      threads.emplace_back([this, &metrics, &one = *answer] { finish(one, metrics); });
    }
    finish(answers_.front(), metrics);
  }
  end();
}

}  // namespace cria::server
