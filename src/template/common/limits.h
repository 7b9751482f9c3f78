#pragma once
// What a rendering may cost, so that no template and no data can take all time and memory.

#include <cstddef>
#include <cstdint>

namespace cria::chat {

struct Limits {
  int64_t steps = 10'000'000;        // nodes, commands and calls; 64 bytes of text are one too
  int64_t bytes = int64_t{1} << 26;  // of all text that is made
  int depth = 500;                   // of templates, branches and parentheses in each other
};

class Budget {
 public:
  explicit Budget(const Limits& limits) : limits_(limits) {}

  // All throw Unsupported when there is no more.
  void step(int64_t count = 1);
  void text(size_t bytes);
  void read(size_t bytes) { step(static_cast<int64_t>(bytes / 64)); }

  // Goes one level down for as long as it lives.
  class Level {
   public:
    explicit Level(Budget& budget);
    ~Level() { --budget_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Budget& budget_;
  };

 private:
  Limits limits_;
  int64_t steps_ = 0, bytes_ = 0;
  int depth_ = 0;
};

}  // namespace cria::chat
