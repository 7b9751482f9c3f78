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
    bool usage = false;  // whether a stream tells it, too
  };
  explicit OpenAiWriter(Options options) : options_(std::move(options)) {}

  Response begin() override;
  std::string add(const Event& event) override;
  std::string add(int64_t choice, const Outcome& outcome) override;
  std::string end() override;

 private:
  struct Choice {
    std::string content, thinking;
    std::vector<chat::ToolCall> calls;
    std::vector<TokenLogprob> logprobs;
    Reason reason = Reason::kStop;
    bool has_begun = false;
  };

  Options options_;
  std::map<int64_t, Choice> choices_;
  Outcome sums_;  // of all
};

}  // namespace cria::server
