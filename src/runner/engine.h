#pragma once
// One thread per loaded model owns all graph work: it admits sequences, mixes prompt chunks and
// decode steps in one pass, samples, and streams text.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/executor.h"
#include "sample/sampler.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

enum class Finish {
  kStop,     // an end-of-generation token or a stop string
  kLength,   // max_tokens
  kContext,  // the context, or the memory of the cache, is full
  kCancelled,
  kError,
};

struct Request {
  std::vector<tokenizer::Id> prompt = {};  // at least one
  sample::Options sampling = {};
  int64_t max_tokens = -1;  // -1: until something else ends it; 0: only the prompt is computed
  std::vector<std::string> stop = {};  // strings that end the text; they are not part of it
  // Called on the engine thread with text as it is certain: whole UTF-8 characters, never a part of
  // a stop string. Bytes that are no UTF-8, such as a character cut off by max_tokens, are U+FFFD.
  // Returning false cancels, throwing is an error of this generation alone.
  std::function<bool(std::string_view)> on_text = {};
};

struct Result {
  Finish finish = Finish::kStop;
  std::string error;       // with kError
  std::string stopped_by;  // the stop string, if one ended it
  std::vector<tokenizer::Id>
      tokens;  // generated, with those of a stop string, without an end-of-generation token
  int64_t prompt_tokens = 0;  // computed, all of them unless it ended early
  double prompt_seconds = 0;  // from admission until the first token
  double decode_seconds = 0;  // from the first token on
};

class Loop;
class Forward;
struct Sequence;

// A generation under way.
class Generation {
 public:
  ~Generation();  // cancels and waits, so not from within on_text
  Generation(Generation&&) noexcept;
  void
  cancel();  // takes effect before the next pass; safe from any thread and from a signal handler
  Result wait();  // once

 private:
  friend class Engine;
  explicit Generation(std::shared_ptr<Sequence> sequence);
  std::shared_ptr<Sequence> sequence_;
};

class Engine {
 public:
  // The executor's cache says how many sequences run at once; more requests wait in order. Nobody
  // else may open sequences in it.
  Engine(model::Executor& executor, const tokenizer::Tokenizer& tokenizer);
  // Over anything that computes logits.
  Engine(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer);
  ~Engine();  // cancels what runs and waits for the thread

  // InvalidArgument: an empty prompt, a prompt longer than the context, an id out of range, bad
  // sampling options, a stop string that is empty or not UTF-8, max_tokens below -1.
  Generation submit(Request request);

 private:
  std::unique_ptr<Loop> loop_;
};

}  // namespace cria::runner
