#pragma once
// Answers of /v1/responses: numbered events of a stream, or one object. Output is a list of items:
// thoughts, messages, calls of functions.

#include <string>
#include <vector>

#include "server/answers/answer_writer.h"
#include "template/data.h"

namespace cria::server {

class ResponsesWriter final : public AnswerWriter {
 public:
  struct Options {
    std::string id, model;
    int64_t created = 0;  // seconds since 1970
    bool stream = false;
    chat::Data::Object request = {};  // fields of it that the answer repeats
    std::string (*new_id)(std::string_view prefix) = nullptr;  // of an item
  };
  explicit ResponsesWriter(Options options) : options_(std::move(options)) {}

  Response begin() override;
  std::string add(const Event& event) override;
  std::string add(int64_t choice, const Outcome& outcome) override;
  std::string end() override;
  std::string fail(const Problem& problem) override;

  struct Item {
    enum class Kind : uint8_t { kThinking, kMessage, kCall };
    Kind kind;
    std::string id;
    const char* status = "in_progress";
    std::string text = {};  // of a call its arguments, JSON
    chat::ToolCall call = {};
    std::vector<TokenLogprob> logprobs = {};
  };

 private:
  std::string open(Item::Kind kind, const chat::ToolCall& call);
  std::string grow(const Event& event);
  std::string close(const char* status);

  Options options_;
  int64_t sequence_ = 0;  // number of the next event
  std::vector<Item> items_;
  bool is_open_ = false;  // the last item
  Outcome outcome_;
};

}  // namespace cria::server
