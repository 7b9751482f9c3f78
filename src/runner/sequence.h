#pragma once
// One generation from its request to its result. The submitting side touches only `cancelled` and
// `finished`, the loop all the rest.

#include <atomic>
#include <chrono>
#include <future>
#include <optional>
#include <span>
#include <string_view>

#include "runner/engine.h"
#include "runner/stop.h"

namespace cria::runner {

using Clock = std::chrono::steady_clock;

struct Sequence {
  // InvalidArgument as of Engine::submit.
  explicit Sequence(Request given)
      : request(std::move(given)), sampler(request.sampling), text(request.stop) {
    for (const tokenizer::Id token : request.prompt) sampler.accept(token);
  }

  bool decoding() const { return first_token.has_value(); }
  // False: the receiver wants no more.
  bool emit(std::string_view certain) const {
    return certain.empty() || !request.on_text || request.on_text(certain);
  }

  const Request request;
  std::atomic<bool> cancelled = false;
  std::promise<Result> promise;
  std::future<Result> finished = promise.get_future();

  sample::Sampler sampler;
  StopMatcher text;
  std::optional<kvcache::Sequence> slot;  // in the cache, from admission to the end
  std::span<const tokenizer::Id> pending = request.prompt;  // tokens that the model has not seen
  tokenizer::Id last = 0;                                   // while decoding, `pending` is this one
  Clock::time_point admitted;
  std::optional<Clock::time_point> first_token;
  bool ended = false;
  Result result;
};

}  // namespace cria::runner
