// What the engine does when the cache is full: the youngest wait, and long texts lose their middle.

#include <algorithm>

#include "runner/loop.h"

namespace cria::runner {

using Outcome = kvcache::Cache::Outcome;

// Room for up to `count` more tokens of a sequence; how many there is room for, 0 when it can not
// go on now.
int64_t Loop::make_room(Sequence& sequence, int64_t count) {
  while (sequence.slot && !sequence.ended) {
    const int64_t left = context_of(sequence.request, limits_) - sequence.held;
    if (left <= 0) {
      if (!shift(sequence)) return 0;
      continue;
    }
    const int64_t wanted = std::min({count, left, sequence.pending()});
    switch (forward_->reserve(*sequence.slot, wanted)) {
      case Outcome::kOk:
        return wanted;
      case Outcome::kPoolFull:
        if (!preempt_youngest()) finish(sequence, Finish::kContext);
        break;
      default:
        finish(sequence, Finish::kContext);
    }
  }
  return 0;
}

// The context of a sequence is full. False: that ends it, or it has to wait.
bool Loop::shift(Sequence& sequence) {
  if (!sequence.request.shift) {
    finish(sequence, Finish::kContext);
    return false;
  }
  const int64_t asked = sequence.request.shift->keep;
  const auto prompt = static_cast<int64_t>(sequence.request.prompt.size());
  const int64_t context = context_of(sequence.request, limits_);
  const int64_t keep = std::min(asked < 0 ? prompt : asked, context - 1);
  const int64_t end = keep + std::max<int64_t>((context - keep) / 2, 1);
  while (sequence.slot && !sequence.ended) {
    if (drop_middle(sequence, keep, end)) {
      ++sequence.result.shifts;
      return true;
    }
    if (!preempt_youngest()) finish(sequence, Finish::kContext);
  }
  return false;
}

// False: the pool is full. What the model or its cache can not shift is computed anew from the
// tokens that are left.
bool Loop::drop_middle(Sequence& sequence, int64_t begin, int64_t end) {
  switch (forward_->remove(*sequence.slot, begin, end)) {
    case Outcome::kOk:
      sequence.held -= end - begin;
      return true;
    case Outcome::kPoolFull:
      return false;
    default:
      close(sequence);
      sequence.forget(begin, end);
      return open(sequence);
  }
}

// Takes the memory of the youngest that runs, which may be the one that needs more: it is computed
// again once there is room. False: only one runs.
bool Loop::preempt_youngest() {
  Sequence* youngest = nullptr;
  int64_t holders = 0;
  for (const auto& other : running_) {
    if (!other->slot || other->ended) continue;
    ++holders;
    if (!youngest || other->number > youngest->number) youngest = other.get();
  }
  if (holders <= 1) return false;
  close(*youngest);
  ++youngest->result.preemptions;
  return true;
}

// Its history goes into the cache from the start; what is there already need not be computed.
bool Loop::open(Sequence& sequence) {
  const auto opened = forward_->open(sequence.history, sequence.pictures);
  if (!opened) return false;
  sequence.slot = opened->sequence;
  sequence.fed = sequence.held = opened->cached;
  return true;
}

void Loop::close(Sequence& sequence) {
  forward_->close(*sequence.slot);
  sequence.slot.reset();
  sequence.fed = sequence.held = 0;
}

}  // namespace cria::runner
