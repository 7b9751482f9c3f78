#pragma once
// Answers of /v1/messages: events of a stream, or one object. Content is a list of blocks: what was
// thought, text, calls of tools.

#include <string>
#include <vector>

#include "server/answers/answer_writer.h"

namespace cria::server {

class AnthropicWriter final : public AnswerWriter {
 public:
  struct Options {
    std::string id, model;
    bool stream = false;
  };
  explicit AnthropicWriter(Options options) : options_(std::move(options)) {}

  Response begin() override;
  std::string add(const Event& event) override;
  std::string add(int64_t choice, const Outcome& outcome) override;
  std::string end() override;
  std::string fail(const Problem& problem) override {
    return error_in_stream(Dialect::kAnthropic, problem);
  }

 private:
  enum class Block : uint8_t { kNone, kThinking, kText, kTool };
  struct Said {
    Block block;
    std::string text;
    chat::ToolCall call;
  };

  std::string begin_message();
  std::string open(Block block, const chat::ToolCall& call);
  std::string close();

  Options options_;
  bool has_begun_ = false;
  Block block_ = Block::kNone;
  int64_t index_ = -1;      // of the block
  std::vector<Said> said_;  // without a stream
  Outcome outcome_;
};

}  // namespace cria::server
