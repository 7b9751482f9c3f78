#pragma once
// The engine's thread: admits sequences, runs passes, hands out tokens.

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "runner/constraints.h"
#include "runner/forward.h"
#include "runner/pace.h"
#include "runner/schedule.h"
#include "runner/sequence.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

class Loop {
 public:
  Loop(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer,
       const EngineOptions& options);
  ~Loop();  // cancels what runs and waits

  const Limits& limits() const { return limits_; }
  // How many wait before it. QueueFull.
  int64_t submit(std::shared_ptr<Sequence> sequence);

 private:
  using Sequences = std::vector<std::shared_ptr<Sequence>>;

  void work();
  bool await_work();  // false: stop
  void count_queued();
  void drop_cancelled();
  void admit();
  bool admit(Sequence& sequence);
  bool fits(const Sequence& sequence) const;
  void await_again(const std::shared_ptr<Sequence>& sequence);

  void pass();
  void fill_step();  // chooses whose tokens the pass takes
  void share();
  void add_to_step(Sequence& sequence, int64_t count);
  void run_step();
  void take(Sequence& sequence, std::span<const float> logits);
  std::span<const uint64_t> allowed(Sequence& sequence);  // tokens; empty: all

  // Of the cache's memory, in loop_memory.cpp.
  int64_t make_room(Sequence& sequence, int64_t count);
  bool shift(Sequence& sequence);
  bool drop_middle(Sequence& sequence, int64_t begin, int64_t end);
  bool preempt_youngest();
  bool open(Sequence& sequence);
  void close(Sequence& sequence);

  void finish(Sequence& sequence, Finish why);
  void finish_with_error(Sequence& sequence, const std::string& what);

  const std::unique_ptr<Forward> forward_;
  const tokenizer::Tokenizer& tokenizer_;
  const Limits limits_;
  const EngineOptions options_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Sequence>> submitted_;  // guarded by mutex_
  int64_t queued_ = 0;                               // not yet run; guarded by mutex_
  int64_t unfinished_ = 0;                           // with those that run; guarded by mutex_
  int64_t numbers_ = 0;                              // guarded by mutex_
  bool stopping_ = false;                            // guarded by mutex_

  // Of the thread alone.
  std::deque<std::shared_ptr<Sequence>> waiting_;  // the oldest first
  Sequences running_;                              // those that the last pass left out come first
  Schedule schedule_;
  Pace pace_;
  Constraints constraints_;

  // The pass at hand; kept, so that steady decoding allocates nothing here.
  std::vector<int64_t> pending_, granted_;
  std::vector<size_t> by_age_;
  std::vector<int32_t> tokens_, outputs_;
  std::vector<kvcache::Sequence> slots_;
  std::vector<Sequence*> in_pass_;    // whose tokens it takes
  std::vector<Sequence*> receivers_;  // whose row of logits is outputs_[i]
  Sequences left_out_, taken_in_;
  std::vector<uint64_t> mask_;

  std::thread thread_;  // last: it uses the others
};

}  // namespace cria::runner
