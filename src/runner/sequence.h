#pragma once
// One generation from its request to its result. The submitting side touches only `request`,
// `cancelled` and `outbox`, the loop all the rest.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "grammar/matcher.h"
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
  Sequence(Request given, tokenizer::Id picture)
      : request(std::move(given)),
        sampler(request.sampling),
        text(request.stop),
        history(request.prompt) {
    for (const tokenizer::Id token : request.prompt) sampler.accept(token);
    auto at = history.begin();
    for (const auto& given_picture : request.pictures) {
      at = std::ranges::find(at, history.end(), picture);
      pictures.push_back({given_picture.get(), at++ - history.begin()});
    }
  }

  // Takes tokens out of the history, and with them what they stand for.
  void forget(int64_t begin, int64_t end) {
    history.erase(history.begin() + begin, history.begin() + end);
    std::erase_if(pictures, [&](const model::PlacedPicture& placed) {
      return placed.position >= begin && placed.position < end;
    });
    for (model::PlacedPicture& placed : pictures) {
      if (placed.position >= end) placed.position -= end - begin;
    }
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
  std::optional<grammar::Matcher> matcher;  // of its grammar, from the first token on
  StopMatcher text;
  std::vector<tokenizer::Id> history;          // the prompt and what was generated
  std::vector<model::PlacedPicture> pictures;  // by places in the history
  int64_t fed = 0;                             // how much of it the model has seen
  std::optional<kvcache::Sequence> slot;       // in the cache, while it runs
  int64_t held = 0;                            // tokens in the cache: what was shifted out is not
  std::optional<Clock::time_point> admitted, first_token;
  bool ended = false;
  Result result;
};

}  // namespace cria::runner
