#pragma once
// What the engine needs of a model and its cache. The executor provides it; tests provide models of
// their own.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "kvcache/cache.h"
#include "model/executor.h"
#include "runner/engine.h"

namespace cria::runner {

struct Limits {
  int64_t vocabulary = 0;  // logits of a row
  int64_t token_ids = 0;   // that a prompt may hold
  int64_t context = 0;     // tokens of one sequence
  int64_t sequences = 1;   // at once
  int64_t tokens = 0;      // of one pass
  int64_t outputs = 0;     // rows of logits of one pass
  int64_t block = 1;       // tokens that room is given out by
  int32_t picture = -1;    // the id that stands for one; -1: the model can not see
  int64_t pictures = 0;    // the most of one sequence
};

// A context that moves on ends no text: one that goes round in circles would never end.
inline constexpr int64_t kMostContexts = 10;

// Tokens that a request's sequence may have.
inline int64_t context_of(const Request& request, const Limits& limits) {
  return request.context > 0 ? std::min(request.context, limits.context) : limits.context;
}

class Forward {
 public:
  virtual ~Forward() = default;

  virtual Limits limits() const = 0;
  // As in kvcache::Cache and model::Executor. Only the engine may open sequences; one with pictures
  // gets them encoded, and nothing when there is no room for them now.
  virtual std::optional<kvcache::Cache::Opened> open(
      std::span<const int32_t> ids, std::span<const model::PlacedPicture> pictures) = 0;
  virtual void close(kvcache::Sequence sequence) = 0;
  virtual kvcache::Cache::Outcome reserve(kvcache::Sequence sequence, int64_t tokens) = 0;
  virtual kvcache::Cache::Outcome remove(kvcache::Sequence sequence, int64_t begin,
                                         int64_t end) = 0;
  virtual int64_t room() const = 0;  // tokens
  virtual std::span<const float> run(const model::Step& step) = 0;
};

}  // namespace cria::runner
