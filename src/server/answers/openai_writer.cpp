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
  return {{"prompt_tokens", sums.prompt_tokens},
          {"completion_tokens", sums.generated_tokens},
          {"total_tokens", sums.prompt_tokens + sums.generated_tokens},
          {"prompt_tokens_details", {{"cached_tokens", sums.cached_tokens}}}};
}

// The older form of logprobs, of completions.
Json columns(const std::vector<TokenLogprob>& tokens) {
  Json json = {{"tokens", Json::array()},
               {"token_logprobs", Json::array()},
               {"top_logprobs", Json::array()},
               {"text_offset", Json::array()}};
  size_t offset = 0;
  for (const TokenLogprob& token : tokens) {
    json["tokens"].push_back(token.token);
    json["token_logprobs"].push_back(token.logprob);
    Json top = Json::object();
    for (const auto& [text, logprob] : token.top) top[text] = logprob;
    json["top_logprobs"].push_back(std::move(top));
    json["text_offset"].push_back(offset);
    offset += token.token.size();
  }
  return json;
}

Json logprobs(const std::vector<TokenLogprob>& tokens, bool chat) {
  if (tokens.empty()) return nullptr;
  return chat ? Json{{"content", to_json(tokens)}} : columns(tokens);
}

// Arguments are a text of JSON here.
Json call_json(const chat::ToolCall& call) {
  const Json arguments = call.arguments.is_null() ? Json::object() : to_json(call.arguments);
  return {{"id", call.id},
          {"index", call.index},
          {"type", "function"},
          {"function", {{"name", call.name}, {"arguments", dump(arguments)}}}};
}

// What a piece adds to the message; null for what is told already.
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
      return nullptr;
  }
  return nullptr;
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
  Json json = {{"index", piece.choice}};
  if (options_.chat) {
    Json delta = delta_of(piece);
    if (delta.is_null()) return "";
    if (!std::exchange(choice.has_begun, true)) {
      Json first = {{"role", "assistant"}};
      first.update(delta);
      delta = std::move(first);
    }
    json["delta"] = std::move(delta);
  } else {
    if (piece.kind != Kind::kContent) return "";
    json["text"] = piece.text;
  }
  json["finish_reason"] = nullptr;
  if (!piece.logprobs.empty()) json["logprobs"] = logprobs(piece.logprobs, options_.chat);
  return event(chunk(options_, std::move(json)));
}

std::string OpenAiWriter::add(int64_t index, const Outcome& outcome) {
  Choice& choice = choices_[index];
  choice.reason = outcome.reason;
  sums_.prompt_tokens = outcome.prompt_tokens;  // which all share
  sums_.cached_tokens = std::max(sums_.cached_tokens, outcome.cached_tokens);
  sums_.generated_tokens += outcome.generated_tokens;
  for (const std::string& warning : outcome.warnings) sums_.warnings.push_back(warning);
  if (!options_.stream) return "";
  Json json = {{"index", index}};
  if (options_.chat) {
    json["delta"] = Json::object();
    if (!choice.has_begun) json["delta"] = {{"role", "assistant"}, {"content", ""}};
  } else {
    json["text"] = "";
  }
  json["finish_reason"] = text_of(outcome.reason);
  return event(chunk(options_, std::move(json)));
}

std::string OpenAiWriter::end() {
  Json json = head(options_);
  json["choices"] = Json::array();
  if (options_.stream) {
    json["usage"] = usage(sums_);
    if (!sums_.warnings.empty()) json["warnings"] = sums_.warnings;
    const bool told = options_.usage || !sums_.warnings.empty();
    return (told ? event(json) : "") + "data: [DONE]\n\n";
  }
  for (const auto& [index, choice] : choices_) {
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
      one["text"] = choice.content;
    }
    one["finish_reason"] = text_of(choice.reason);
    one["logprobs"] = logprobs(choice.logprobs, options_.chat);
    json["choices"].push_back(std::move(one));
  }
  json["usage"] = usage(sums_);
  if (!sums_.warnings.empty()) json["warnings"] = sums_.warnings;
  return dump(json);
}

}  // namespace cria::server
