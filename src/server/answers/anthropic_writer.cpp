#include "server/answers/anthropic_writer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/answers/data_json.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Event::Kind;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string event(const char* type, Json fields) {
  Json json = {{"type", type}};
  json.update(fields);
  return std::string("event: ") + type + "\ndata: " + dump(json) + "\n\n";
}

const char* text_of(const Outcome& outcome) {
  if (!outcome.stopped_by.empty()) return "stop_sequence";
  if (outcome.reason == Reason::kLength) return "max_tokens";
  return outcome.reason == Reason::kToolCalls ? "tool_use" : "end_turn";
}

Json stop_sequence(const Outcome& outcome) {
  return outcome.stopped_by.empty() ? Json(nullptr) : Json(outcome.stopped_by);
}

// What was read from the cache is not counted among the input there.
Json usage(const Outcome& outcome) {
  return {{"input_tokens", outcome.prompt_tokens - outcome.cached_tokens},
          {"cache_creation_input_tokens", 0},
          {"cache_read_input_tokens", outcome.cached_tokens},
          {"output_tokens", outcome.generated_tokens}};
}

// What the dialect has no field for, beside its own.
void add_warnings(Json& json, const Outcome& outcome) {
  if (!outcome.warnings.empty()) json["warnings"] = outcome.warnings;
}

Json message(const AnthropicWriter::Options& options) {
  return {{"id", options.id},        {"type", "message"},        {"role", "assistant"},
          {"model", options.model},  {"content", Json::array()}, {"stop_reason", nullptr},
          {"stop_sequence", nullptr}};
}

}  // namespace

Response AnthropicWriter::begin() {
  if (!options_.stream) return {};
  return {.status = 200,
          .body = "",
          .type = "text/event-stream",
          .headers = {{"Cache-Control", "no-cache"}}};
}

std::string AnthropicWriter::begin_message() {
  if (std::exchange(has_begun_, true)) return "";
  Json begun = message(options_);
  begun["usage"] = usage({});
  return event("message_start", {{"message", begun}});
}

std::string AnthropicWriter::open(Block block, const chat::ToolCall& call) {
  if (block == block_ && block != Block::kTool) return "";
  std::string out = close();
  block_ = block;
  ++index_;
  Json content = {{"type", "text"}, {"text", ""}};
  if (block == Block::kThinking)
    content = {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}};
  if (block == Block::kTool) {
    content = {
        {"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", Json::object()}};
  }
  return out + event("content_block_start", {{"index", index_}, {"content_block", content}});
}

std::string AnthropicWriter::close() {
  if (std::exchange(block_, Block::kNone) == Block::kNone) return "";
  return event("content_block_stop", {{"index", index_}});
}

std::string AnthropicWriter::add(const Event& piece) {
  const auto block = piece.kind == Kind::kContent    ? Block::kText
                     : piece.kind == Kind::kThinking ? Block::kThinking
                                                     : Block::kTool;
  if (!options_.stream) {
    const bool is_text = block != Block::kTool;
    if (is_text && (said_.empty() || said_.back().block != block)) said_.push_back({block, "", {}});
    if (is_text) said_.back().text += piece.text;
    if (piece.kind == Kind::kToolEnd) said_.push_back({block, "", piece.call});
    return "";
  }
  if (piece.kind == Kind::kToolEnd) return close();
  std::string out = begin_message();
  if (piece.kind != Kind::kToolArguments) out += open(block, piece.call);
  if (piece.kind == Kind::kToolBegin) return out;
  Json delta = {{"type", "text_delta"}, {"text", piece.text}};
  if (block == Block::kThinking) delta = {{"type", "thinking_delta"}, {"thinking", piece.text}};
  if (block == Block::kTool) delta = {{"type", "input_json_delta"}, {"partial_json", piece.text}};
  return out + event("content_block_delta", {{"index", index_}, {"delta", delta}});
}

std::string AnthropicWriter::add(int64_t, const Outcome& outcome) {
  outcome_ = outcome;
  if (!options_.stream) return "";
  const Json delta = {{"stop_reason", text_of(outcome)}, {"stop_sequence", stop_sequence(outcome)}};
  Json last = {{"delta", delta}, {"usage", usage(outcome)}};
  add_warnings(last, outcome);
  return begin_message() + close() + event("message_delta", std::move(last));
}

std::string AnthropicWriter::end() {
  if (options_.stream) return event("message_stop", Json::object());
  Json json = message(options_);
  for (const Said& said : said_) {
    Json block = {{"type", "text"}, {"text", said.text}};
    if (said.block == Block::kThinking) {
      block = {{"type", "thinking"}, {"thinking", said.text}, {"signature", ""}};
    } else if (said.block == Block::kTool) {
      const chat::Data& input = said.call.arguments;
      block = {{"type", "tool_use"}, {"id", said.call.id}, {"name", said.call.name}};
      block["input"] = input.is_null() ? Json::object() : to_json(input);
    }
    json["content"].push_back(std::move(block));
  }
  json["stop_reason"] = text_of(outcome_);
  json["stop_sequence"] = stop_sequence(outcome_);
  json["usage"] = usage(outcome_);
  add_warnings(json, outcome_);
  return dump(json);
}

}  // namespace cria::server
