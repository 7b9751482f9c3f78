#pragma once
// What the engine's thread leaves for the thread that waits for a generation.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runner/engine.h"

namespace cria::runner {

class Outbox {
 public:
  // A token, and the text that is certain since the last one.
  struct Piece {
    std::optional<Token> token;  // none: text that was held back until the end
    std::string text;
  };

  // Of the engine's thread.
  void put(Piece piece);
  void finish(Result result);

  // Waits for more, and puts it in the place of what `pieces` holds. False: there is no more.
  bool take(std::vector<Piece>& pieces);
  // Waits for the end. Once.
  Result take_result();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Piece> pieces_;     // guarded by mutex_
  std::optional<Result> result_;  // guarded by mutex_
};

}  // namespace cria::runner
