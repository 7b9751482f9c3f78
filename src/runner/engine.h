#pragma once
// One thread per loaded model owns all graph work: it admits sequences, mixes prompt chunks and
// decode steps in one pass, samples, and streams text.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "grammar/grammar.h"
#include "model/executor.h"
#include "sample/sampler.h"
#include "tokenizer/tokenizer.h"

namespace cria::runner {

enum class Finish {
  kStop,     // an end-of-generation token or a stop string
  kLength,   // max_tokens
  kContext,  // the context is full
  kCancelled,
  kError,
};

// How likely the model found a token and the likeliest ones, as natural logarithms, before options
// of sampling changed anything.
struct Logprobs {
  struct Alternative {
    tokenizer::Id id;
    float logprob;
  };
  float logprob = 0;
  std::vector<Alternative> top = {};  // the best first
};

// One generated token.
struct Token {
  tokenizer::Id id = -1;
  std::string bytes = {};                 // its own, whether or not they are characters yet
  std::optional<Logprobs> logprobs = {};  // when the sampler reports them
};

// What happens when the context is full. The first `keep` tokens stay (-1: the whole prompt), half
// of the others are dropped, and the rest moves up: again and again, so that without max_tokens the
// text ends after ten contexts.
struct Shift {
  int64_t keep = 0;
};

// What a model may write before its answer: anything, up to a marker that ends it. Markers may be
// the texts of control tokens.
struct Thoughts {
  std::string begin, end;
  bool begun = false;  // the prompt ends within them; otherwise the answer may begin with `begin`
  bool operator==(const Thoughts&) const = default;
};

struct Request {
  std::vector<tokenizer::Id> prompt = {};  // at least one
  // What the tokens of the prompt that stand for pictures stand for, in their order.
  std::vector<std::shared_ptr<const model::Picture>> pictures = {};
  sample::Options sampling = {};
  int64_t context = 0;      // the most tokens of prompt and text together; 0: the model's
  int64_t max_tokens = -1;  // -1: until something else ends it; 0: only the prompt is computed
  std::vector<std::string> stop = {};  // strings that end the text; they are not part of it
  std::optional<Shift> shift = {};     // none: a full context ends the text
  // What the text has to fit; null: anything. It ends where nothing can follow. Text that is cut
  // short (by max_tokens, a stop string, the context) is the beginning of one that fits.
  std::shared_ptr<const grammar::Grammar> grammar = {};
  // Before what has to fit the grammar: behind them, and white space, it applies. While they last
  // the text can not end by itself.
  std::optional<Thoughts> thoughts = {};
  bool special = false;  // the text of control tokens is text, too; otherwise they have none
  // Receivers run on the thread that waits for the generation, never on the engine's: a slow one
  // delays nobody else, and what it has not taken yet is kept. Returning false cancels, throwing is
  // an error of this generation alone.
  //
  // Text as it is certain: whole UTF-8 characters, never a part of a stop string. Bytes that are no
  // UTF-8, such as a character cut off by max_tokens, are U+FFFD.
  std::function<bool(std::string_view)> on_text = {};
  // Every generated token, also those of a stop string, before the text that it made certain.
  std::function<bool(const Token&)> on_token = {};
};

struct Result {
  Finish finish = Finish::kStop;
  std::string error;       // with kError
  std::string stopped_by;  // the stop string, if one ended it
  std::vector<tokenizer::Id>
      tokens;  // generated, with those of a stop string, without an end-of-generation token
  int64_t prompt_tokens = 0;  // read, all of them unless it ended early
  int64_t cached_tokens = 0;  // those of them that the cache had already
  int64_t preemptions = 0;    // how often it gave its memory to older ones, and was computed anew
  int64_t shifts = 0;         // how often the full context was halved
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
  // Takes effect before the next pass; safe from any thread and from a signal handler.
  void cancel();
  // Hands text and tokens to the receivers until it has ended. Once.
  Result wait();
  // How many were before it when it was submitted, not counting those that ran.
  int64_t queue_position() const { return queue_position_; }

 private:
  friend class Engine;
  Generation(std::shared_ptr<Sequence> sequence, int64_t queue_position);
  std::shared_ptr<Sequence> sequence_;
  int64_t queue_position_;
  bool waited_ = false;
};

// Thrown by Engine::submit: later there may be room.
struct QueueFull : Error {
  explicit QueueFull(int64_t waiting)
      : Error(Code::kOutOfMemory,
              concat("the engine is busy: ", waiting, " requests wait already")) {}
};

struct EngineOptions {
  int64_t most_waiting = 512;  // requests besides those that can run at once
};

class Engine {
 public:
  // The executor's cache says how many sequences run at once; more requests wait in order. Nobody
  // else may open sequences in it.
  Engine(model::Executor& executor, const tokenizer::Tokenizer& tokenizer,
         const EngineOptions& options = {});
  // Over anything that computes logits.
  Engine(std::unique_ptr<Forward> forward, const tokenizer::Tokenizer& tokenizer,
         const EngineOptions& options = {});
  ~Engine();  // cancels what runs and waits for the thread

  // InvalidArgument: an empty prompt, a negative context, a prompt that is longer than that, an id
  // out of range, bad sampling options, a stop string that is empty or not UTF-8, max_tokens or
  // keep below -1, markers of thoughts that are empty (that of the beginning may be when they are
  // begun). QueueFull: too many wait already.
  Generation submit(Request request);

 private:
  std::unique_ptr<Loop> loop_;
};

}  // namespace cria::runner
