#pragma once
// What a model writes as it comes, whatever dialect it is told in.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "template/reply/reply_event.h"

namespace cria::server {

struct TokenLogprob {
  std::string token;  // its bytes
  float logprob = 0;
  struct Alternative {
    std::string token;
    float logprob;
  };
  std::vector<Alternative> top = {};
};

// A stretch of one of the answers to a request.
struct Event : chat::ReplyEvent {
  int64_t choice = 0;                       // of which answer
  std::vector<TokenLogprob> logprobs = {};  // of the tokens that made it
};

enum class Reason : uint8_t {
  kStop,
  kLength,     // as many tokens as were asked for, or a full context
  kToolCalls,  // it waits for what tools give
  kLoad,       // there was nothing to answer: the model is in memory now
  kUnload,     // or no longer
};

// How one of the answers ended.
struct Outcome {
  Reason reason = Reason::kStop;
  std::string stopped_by = {};  // the stop string
  int64_t prompt_tokens = 0, cached_tokens = 0, generated_tokens = 0;
  int64_t thinking_tokens = 0;  // of those that were generated
  std::chrono::nanoseconds total{0}, load{0}, prompt{0}, generation{0};
  std::vector<int32_t> context = {};       // tokens read and written, where that is told
  std::vector<std::string> warnings = {};  // what was asked for and has no effect
};

}  // namespace cria::server
