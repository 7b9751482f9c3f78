#pragma once
// One generation from its request to its result. The submitting side touches only `request`,
// `cancelled` and `outbox`, the loop all the rest.

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runner/engine.h"
#include "runner/outbox.h"
#include "runner/stop.h"

namespace cria::runner {

using Clock = std::chrono::steady_clock;

// Within a catch block.
inline std::string current_error() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

struct Sequence {
  // InvalidArgument as of Engine::submit.
  explicit Sequence(Request given)
      : request(std::move(given)),
        sampler(request.sampling),
        text(request.stop),
        history(request.prompt) {
    for (const tokenizer::Id token : request.prompt) sampler.accept(token);
  }

  bool decoding() const { return first_token.has_value(); }
  int64_t pending() const { return static_cast<int64_t>(history.size()) - fed; }

  void put(Outbox::Piece piece) {
    if (request.on_text || request.on_token) outbox.put(std::move(piece));
  }

  const Request request;
  std::atomic<bool> cancelled = false;
  Outbox outbox;

  int64_t number = 0;  // older ones have lower ones
  sample::Sampler sampler;
  StopMatcher text;
  std::vector<tokenizer::Id> history;     // the prompt and what was generated
  int64_t fed = 0;                        // how much of it the model has seen
  std::optional<kvcache::Sequence> slot;  // in the cache, while it runs
  int64_t held = 0;                       // tokens in the cache: what was shifted out is not
  std::optional<Clock::time_point> admitted, first_token;
  bool ended = false;
  Result result;
};

}  // namespace cria::runner
