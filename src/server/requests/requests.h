#pragma once
// What clients want, in whatever dialect they ask.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "grammar/grammar.h"
#include "template/message.h"

namespace cria::server {

// None: as the server is set. An empty one inside: for ever.
using KeepAliveChoice = std::optional<std::optional<std::chrono::nanoseconds>>;

// Names and values of parameters as a Modelfile has them; of lists a pair for each item.
using Options = std::vector<std::pair<std::string, std::string>>;

// A message, and its pictures as files.
struct Turn {
  chat::Message message;
  std::vector<std::string> images = {};
};

// Which tools a model may call, or must.
struct ToolChoice {
  enum class Kind : uint8_t { kAuto, kNone, kRequired, kNamed };
  Kind kind = Kind::kAuto;
  std::string name = {};  // with kNamed
  bool parallel = true;   // more than one call in an answer
};

struct ChatRequest {
  std::vector<Turn> turns = {};
  chat::Data tools = {};  // a list as in the native API, or null
  ToolChoice tool_choice = {};
};

// Text, or ids of tokens, that is to be continued.
struct Prompt {
  std::string text = {};
  std::vector<int32_t> ids = {};  // instead of the text
};

struct CompletionRequest {
  std::vector<Prompt> prompts = {};  // each is answered
  std::string suffix = {};           // what is to stand between the prompt and this is asked for
  std::optional<std::string> system = {}, chat_template = {};  // instead of the model's
  std::vector<int32_t> context = {};                           // tokens before the prompt
  std::vector<std::string> images = {};                        // files
  bool raw = false;  // the prompt as it is, without any template; special tokens count in it
};

struct GenerationRequest {
  std::string model = {};
  std::optional<ChatRequest> chat = {};  // else `completion`
  CompletionRequest completion = {};
  std::optional<chat::Thinking> thinking = {};
  Options options = {};
  std::shared_ptr<const grammar::Grammar> grammar = {};  // that answers have to fit
  KeepAliveChoice keep_alive = {};
  bool logprobs = false;
  int64_t top_logprobs = 0;
  bool truncate = true;      // the oldest messages go when there is no room for all
  bool shift = true;         // a full context loses its middle; else it ends the answer
  int64_t choices = 1;       // answers to each prompt
  bool only_render = false;  // the prompt is what is answered
  std::vector<std::string> warnings = {};  // of what was asked for and has no effect
};

struct EmbeddingRequest {
  std::string model = {};
  std::vector<Prompt> inputs = {};
  bool truncate = true;    // of texts that are too long the end is left out
  bool normalize = true;   // to a length of 1
  int64_t dimensions = 0;  // as many of each vector; 0: all
  Options options = {};
  KeepAliveChoice keep_alive = {};
  std::vector<std::string> warnings = {};
};

struct Embeddings {
  std::vector<std::vector<float>> vectors = {};  // in the order of the inputs
  int64_t tokens = 0;                            // read
  std::chrono::nanoseconds total{0}, load{0};
  std::vector<std::string> warnings = {};  // also of texts that were cut
};

struct RankRequest {
  std::string model = {}, query = {};
  std::vector<std::string> documents = {};
  bool truncate = true;
  Options options = {};
  KeepAliveChoice keep_alive = {};
  std::vector<std::string> warnings = {};
};

struct Ranking {
  std::vector<float> scores = {};  // in the order of the documents
  int64_t tokens = 0;
  std::chrono::nanoseconds total{0}, load{0};
  std::vector<std::string> warnings = {};
};

}  // namespace cria::server
