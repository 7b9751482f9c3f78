#pragma once
// Answers of /v1/chat/completions and /v1/completions: events of a stream, or one object.

#include <map>
#include <string>
#include <vector>

#include "server/answers/answer_writer.h"

namespace cria::server {

class OpenAiWriter final : public AnswerWriter {
 public:
  struct Options {
    std::string id, model;
    int64_t created = 0;  // seconds since 1970
    bool chat = true;     // else texts are completed
    bool stream = false;
    bool usage = false;                    // whether a stream tells it, too
    int64_t choices = 1;                   // of each prompt: so many in a row are its answers
    std::vector<std::string> echoes = {};  // of each prompt that is completed: before its answers
  };
  explicit OpenAiWriter(Options options) : options_(std::move(options)) {}

  Response begin() override;
  std::string add(const Event& event) override;
  std::string add(int64_t choice, const Outcome& outcome) override;
  std::string end() override;
  std::string fail(const Problem& problem) override {
    return error_in_stream(Dialect::kOpenAi, problem);
  }

 private:
  struct Choice {
    std::string content, thinking;
    std::vector<chat::ToolCall> calls;
    std::vector<TokenLogprob> logprobs;
    Reason reason = Reason::kStop;
    bool has_begun = false;
    size_t offset = 0;  // of what comes next, in characters
  };

  std::string echo(int64_t index) const;
  Outcome sums() const;

  Options options_;
  std::map<int64_t, Choice> choices_;
  std::map<int64_t, Outcome> prompts_;  // all answers of each together
  std::vector<std::string> warnings_;
};

}  // namespace cria::server
