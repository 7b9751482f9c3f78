#include "server/inference/inference.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <stop_token>

#include "base/error.h"
#include "model/pooling.h"
#include "runner/embed_input.h"
#include "server/errors.h"
#include "server/inference/answers.h"
#include "server/inference/prompts.h"

namespace cria::server {
namespace {

using Code = Error::Code;
using Time = std::chrono::steady_clock;

// Asks to stop once the client has gone away.
std::stop_token gone(Call& call) {
  const auto source = std::make_shared<std::stop_source>();
  call.responder.when_gone([source] { source->request_stop(); });
  return source->get_token();
}

void send(Call& call, AnswerWriter& writer, std::string body) {
  Response response = writer.begin();
  response.body += body;
  call.responder.send(std::move(response));
}

void tell_cut(const runner::EmbedInput& input, std::string_view what, size_t index, bool may_cut,
              int64_t context, std::vector<std::string>& warnings) {
  if (input.left_out == 0) return;
  if (!may_cut) fail(Code::kInvalidArgument, "the input length exceeds the context length");
  warnings.push_back(concat(what, ' ', index, " is ", input.left_out,
                            " tokens too long for a context of ", context,
                            ": its end was left out"));
}

runner::EmbedInput input_of(const serving::VectorModel& model, const Prompt& prompt) {
  const int64_t context = model.size().context;
  if (prompt.ids.empty()) return runner::embed_input(model.tokenizer(), prompt.text, context);
  runner::EmbedInput input{.tokens = prompt.ids};
  input.left_out = std::max<int64_t>(0, std::ssize(prompt.ids) - context);
  input.tokens.resize(prompt.ids.size() - static_cast<size_t>(input.left_out));
  return input;
}

}  // namespace

void Inference::generate(Call& call, GenerationRequest request, AnswerWriter& writer, bool stream) {
  const Time::time_point begin = Time::now();
  const std::stop_token stop = gone(call);
  const bool nothing = asks_for_nothing(request);
  if (nothing && request.keep_alive && *request.keep_alive && (*request.keep_alive)->count() == 0) {
    models_.unload(request.model);
    std::string body = writer.add(0, {.reason = Reason::kUnload, .warnings = request.warnings});
    return send(call, writer, body + writer.end());
  }
  const Scheduler::Lease lease =
      models_.text(request.model, request.options, request.keep_alive, stop);
  if (nothing) {
    std::string body = writer.add(0, {.reason = Reason::kLoad, .warnings = request.warnings});
    return send(call, writer, body + writer.end());
  }
  const auto& loaded = dynamic_cast<const LoadedText&>(lease.model());
  const int64_t context = models_.context(loaded, request.options);
  Answers(loaded, context, std::move(request), {.begin = begin, .load = lease.load_time()}, call,
          writer, stream)
      .run(stop, metrics_);
}

int64_t Inference::count_tokens(Call& call, const GenerationRequest& request) {
  const Scheduler::Lease lease =
      models_.text(request.model, request.options, request.keep_alive, gone(call));
  GenerationRequest counted = request;
  counted.truncate = false;
  int64_t tokens = 0;
  const auto& loaded = dynamic_cast<const LoadedText&>(lease.model());
  const int64_t context = models_.context(loaded, request.options);
  for (const ReadyPrompt& prompt : make_prompts(loaded, context, counted)) {
    tokens += std::ssize(prompt.ids);
  }
  return tokens;
}

Embeddings Inference::embed(Call& call, const EmbeddingRequest& request) {
  const Time::time_point begin = Time::now();
  const std::stop_token stop = gone(call);
  Embeddings embeddings{.warnings = request.warnings};
  const Scheduler::Lease lease =
      models_.vectors(request.model, request.options, request.keep_alive, stop);
  serving::VectorModel& model = *dynamic_cast<const LoadedVectors&>(lease.model()).model;
  if (model.output() == model::Output::kScores) {
    fail(Code::kInvalidArgument, '"', request.model, "\" does not support embed: it ranks texts");
  }
  std::vector<runner::EmbedInput> inputs;
  for (size_t i = 0; i < request.inputs.size(); ++i) {
    inputs.push_back(input_of(model, request.inputs[i]));
    tell_cut(inputs.back(), "input", i, request.truncate, model.size().context,
             embeddings.warnings);
    embeddings.tokens += std::ssize(inputs.back().tokens);
  }
  embeddings.vectors = model.run(inputs, [&] { return !stop.stop_requested(); });
  for (std::vector<float>& vector : embeddings.vectors) {
    const auto width = static_cast<size_t>(request.dimensions);
    if (width > vector.size()) {
      fail(Code::kInvalidArgument, "dimensions is ", width, ", but the model's vectors have ",
           vector.size());
    }
    if (width > 0) vector.resize(width);
    if (request.normalize) model::normalize(vector);
  }
  embeddings.load = lease.load_time();
  embeddings.total = Time::now() - begin;
  metrics_.worked(request.model, {.prompt_tokens = embeddings.tokens});
  return embeddings;
}

Ranking Inference::rank(Call& call, const RankRequest& request) {
  const Time::time_point begin = Time::now();
  const std::stop_token stop = gone(call);
  Ranking ranking{.warnings = request.warnings};
  const Scheduler::Lease lease =
      models_.vectors(request.model, request.options, request.keep_alive, stop);
  serving::VectorModel& model = *dynamic_cast<const LoadedVectors&>(lease.model()).model;
  if (model.output() != model::Output::kScores) {
    fail(Code::kInvalidArgument, '"', request.model, "\" does not support rerank");
  }
  std::vector<runner::EmbedInput> inputs;
  for (size_t i = 0; i < request.documents.size(); ++i) {
    inputs.push_back(runner::rank_input(model.tokenizer(), request.query, request.documents[i],
                                        model.token_types(), model.size().context));
    tell_cut(inputs.back(), "document", i, request.truncate, model.size().context,
             ranking.warnings);
    ranking.tokens += std::ssize(inputs.back().tokens);
  }
  for (const std::vector<float>& scores :
       model.run(inputs, [&] { return !stop.stop_requested(); })) {
    ranking.scores.push_back(scores.at(0));
  }
  ranking.load = lease.load_time();
  ranking.total = Time::now() - begin;
  metrics_.worked(request.model, {.prompt_tokens = ranking.tokens});
  return ranking;
}

}  // namespace cria::server
