#include "runner/outbox.h"

#include <utility>

namespace cria::runner {

// Notified with the lock held: once the waiting thread has the result, nobody may touch this any
// more.
void Outbox::put(Piece piece) {
  const std::lock_guard lock(mutex_);
  pieces_.push_back(std::move(piece));
  changed_.notify_one();
}

void Outbox::finish(Result result) {
  const std::lock_guard lock(mutex_);
  result_ = std::move(result);
  changed_.notify_one();
}

bool Outbox::take(std::vector<Piece>& pieces) {
  pieces.clear();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return result_ || !pieces_.empty(); });
  pieces.swap(pieces_);
  return !pieces.empty();
}

Result Outbox::take_result() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return result_.has_value(); });
  return *std::move(result_);
}

}  // namespace cria::runner
