#include "server/answers/openai_writer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "server/answers/data_json.h"
#include "server/answers/logprobs_json.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Event::Kind;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}
std::string event(const Json& json) { return "data: " + dump(json) + "\n\n"; }

const char* text_of(Reason reason) {
  if (reason == Reason::kLength) return "length";
  return reason == Reason::kToolCalls ? "tool_calls" : "stop";
}

Json usage(const Outcome& sums) {
  Json json = {{"prompt_tokens", sums.prompt_tokens},
               {"completion_tokens", sums.generated_tokens},
               {"total_tokens", sums.prompt_tokens + sums.generated_tokens},
               {"prompt_tokens_details", {{"cached_tokens", sums.cached_tokens}}}};
  if (sums.thinking_tokens > 0) {
    json["completion_tokens_details"] = {{"reasoning_tokens", sums.thinking_tokens}};
  }
  return json;
}

// Bytes that do not go on with a character.
size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// The older form of logprobs, of completions. The offset is the first token's, then the next one's.
Json columns(const std::vector<TokenLogprob>& tokens, size_t& offset) {
  Json json = {{"tokens", Json::array()},
               {"token_logprobs", Json::array()},
               {"top_logprobs", Json::array()},
               {"text_offset", Json::array()}};
  for (const TokenLogprob& token : tokens) {
    json["tokens"].push_back(token.token);
    json["token_logprobs"].push_back(token.logprob);
    Json top = Json::object();
    for (const auto& [text, logprob] : token.top) top[text] = logprob;
    json["top_logprobs"].push_back(std::move(top));
    json["text_offset"].push_back(offset);
    offset += characters(token.token);
  }
  return json;
}

Json logprobs(const std::vector<TokenLogprob>& tokens, bool chat, size_t& offset) {
  if (tokens.empty()) return nullptr;
  return chat ? Json{{"content", to_json(tokens)}} : columns(tokens, offset);
}

// Arguments are a text of JSON here.
Json call_json(const chat::ToolCall& call) {
  const Json arguments = call.arguments.is_null() ? Json::object() : to_json(call.arguments);
  return {{"id", call.id},
          {"index", call.index},
          {"type", "function"},
          {"function", {{"name", call.name}, {"arguments", dump(arguments)}}}};
}

// What a piece adds to the message.
Json delta_of(const Event& event) {
  switch (event.kind) {
    case Kind::kThinking:
      return {{"content", ""}, {"reasoning", event.text}};
    case Kind::kContent:
      return {{"content", event.text}};
    case Kind::kToolBegin: {
      Json call = {{"index", event.call.index}, {"id", event.call.id}, {"type", "function"}};
      call["function"] = {{"name", event.call.name}, {"arguments", ""}};
      return {{"tool_calls", Json::array({call})}};
    }
    case Kind::kToolArguments: {
      const Json call = {{"index", event.call.index}, {"function", {{"arguments", event.text}}}};
      return {{"tool_calls", Json::array({call})}};
    }
    case Kind::kToolEnd:
      break;
  }
  return Json::object();
}

Json head(const OpenAiWriter::Options& options) {
  const char* object = options.chat ? "chat.completion" : "text_completion";
  const bool chunk = options.chat && options.stream;
  return {{"id", options.id},
          {"object", chunk ? std::string(object) + ".chunk" : object},
          {"created", options.created},
          {"model", options.model},
          {"system_fingerprint", "fp_cria"}};
}

Json chunk(const OpenAiWriter::Options& options, Json choice) {
  Json json = head(options);
  json["choices"] = Json::array({std::move(choice)});
  return json;
}

}  // namespace

Response OpenAiWriter::begin() {
  if (!options_.stream) return {};
  return {.status = 200,
          .body = "",
          .type = "text/event-stream",
          .headers = {{"Cache-Control", "no-cache"}}};
}

std::string OpenAiWriter::add(const Event& piece) {
  Choice& choice = choices_[piece.choice];
  if (!options_.stream) {
    choice.logprobs.insert(choice.logprobs.end(), piece.logprobs.begin(), piece.logprobs.end());
    if (piece.kind == Kind::kContent) choice.content += piece.text;
    if (piece.kind == Kind::kThinking) choice.thinking += piece.text;
    if (piece.kind == Kind::kToolEnd) choice.calls.push_back(piece.call);
    return "";
  }
  if (piece.kind == Kind::kToolEnd) return "";  // all of it is told
  const bool is_first = !std::exchange(choice.has_begun, true);
  Json json = {{"index", piece.choice}};
  if (options_.chat) {
    json["delta"] = is_first ? Json{{"role", "assistant"}} : Json::object();
    json["delta"].update(delta_of(piece));
  } else {
    const bool is_text = piece.kind == Kind::kContent;
    json["text"] = (is_first ? echo(piece.choice) : "") + (is_text ? piece.text : "");
    if (!is_text) json["reasoning"] = piece.text;
  }
  json["finish_reason"] = nullptr;
  if (!piece.logprobs.empty()) {
    json["logprobs"] = logprobs(piece.logprobs, options_.chat, choice.offset);
  }
  return event(chunk(options_, std::move(json)));
}

std::string OpenAiWriter::add(int64_t index, const Outcome& outcome) {
  Choice& choice = choices_[index];
  choice.reason = outcome.reason;
  Outcome& sums = prompts_[index / options_.choices];
  sums.prompt_tokens = outcome.prompt_tokens;  // which all answers to a prompt share
  sums.cached_tokens = std::max(sums.cached_tokens, outcome.cached_tokens);
  sums.generated_tokens += outcome.generated_tokens;
  sums.thinking_tokens += outcome.thinking_tokens;
  for (const std::string& warning : outcome.warnings) {
    if (std::ranges::find(warnings_, warning) == warnings_.end()) warnings_.push_back(warning);
  }
  if (!options_.stream) return "";
  Json json = {{"index", index}};
  if (options_.chat) {
    json["delta"] = Json::object();
    if (!choice.has_begun) json["delta"] = {{"role", "assistant"}, {"content", ""}};
  } else {
    json["text"] = choice.has_begun ? std::string() : echo(index);
  }
  json["finish_reason"] = text_of(outcome.reason);
  return event(chunk(options_, std::move(json)));
}

std::string OpenAiWriter::echo(int64_t index) const {
  const auto prompt = static_cast<size_t>(index / options_.choices);
  return prompt < options_.echoes.size() ? options_.echoes[prompt] : "";
}

Outcome OpenAiWriter::sums() const {
  Outcome all;
  for (const auto& [prompt, sums] : prompts_) {
    all.prompt_tokens += sums.prompt_tokens;
    all.cached_tokens += sums.cached_tokens;
    all.generated_tokens += sums.generated_tokens;
    all.thinking_tokens += sums.thinking_tokens;
  }
  return all;
}

std::string OpenAiWriter::end() {
  Json json = head(options_);
  json["choices"] = Json::array();
  if (options_.stream) {
    json["usage"] = usage(sums());
    if (!warnings_.empty()) json["warnings"] = warnings_;
    const bool told = options_.usage || !warnings_.empty();
    return (told ? event(json) : "") + "data: [DONE]\n\n";
  }
  for (auto& [index, choice] : choices_) {
    Json one = {{"index", index}};
    if (options_.chat) {
      Json message = {{"role", "assistant"}, {"content", choice.content}};
      if (!choice.thinking.empty()) message["reasoning"] = choice.thinking;
      if (!choice.calls.empty()) {
        if (choice.content.empty()) message["content"] = nullptr;
        message["tool_calls"] = Json::array();
        for (const chat::ToolCall& call : choice.calls) {
          message["tool_calls"].push_back(call_json(call));
        }
      }
      one["message"] = std::move(message);
    } else {
      one["text"] = echo(index) + choice.content;
      if (!choice.thinking.empty()) one["reasoning"] = choice.thinking;
    }
    one["finish_reason"] = text_of(choice.reason);
    one["logprobs"] = logprobs(choice.logprobs, options_.chat, choice.offset);
    json["choices"].push_back(std::move(one));
  }
  json["usage"] = usage(sums());
  if (!warnings_.empty()) json["warnings"] = warnings_;
  return dump(json);
}

}  // namespace cria::server
