#pragma once
// Answers of /api/chat and /api/generate: lines of JSON, or one object.

#include <functional>
#include <string>

#include "server/answers/answer_writer.h"

namespace cria::server {

// "2026-11-26T15:04:05.123456789Z"
std::string timestamp(std::chrono::system_clock::time_point time);

class NativeWriter final : public AnswerWriter {
 public:
  struct Options {
    std::string model;
    bool chat = true;  // else it generates
    bool stream = true;
    std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
  };
  explicit NativeWriter(Options options) : options_(std::move(options)) {}

  Response begin() override;
  std::string add(const Event& event) override;
  std::string add(int64_t choice, const Outcome& outcome) override;
  std::string end() override;
  std::string fail(const Problem& problem) override {
    return error_in_stream(Dialect::kNative, problem);
  }

 private:
  struct Said {
    std::string content, thinking;
    std::vector<chat::ToolCall> calls;
    std::vector<TokenLogprob> logprobs;
  };
  std::string object(const Said& said, const Outcome* outcome) const;

  Options options_;
  Said said_;  // without a stream
  std::string last_;
};

}  // namespace cria::server
