#include "server/answers/native_writer.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "server/answers/data_json.h"
#include "server/answers/logprobs_json.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Event::Kind;

const char* text_of(Reason reason) {
  switch (reason) {
    case Reason::kStop:
    case Reason::kToolCalls:
      return "stop";
    case Reason::kLength:
      return "length";
    case Reason::kLoad:
      return "load";
    case Reason::kUnload:
      return "unload";
  }
  return "stop";
}

Json calls_json(const std::vector<chat::ToolCall>& calls) {
  Json list = Json::array();
  for (const chat::ToolCall& call : calls) {
    Json function = {{"index", call.index}, {"name", call.name}};
    function["arguments"] = call.arguments.is_null() ? Json::object() : to_json(call.arguments);
    Json one;
    if (!call.id.empty()) one["id"] = call.id;
    one["function"] = std::move(function);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

std::string timestamp(std::chrono::system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(since - seconds).count();
  const std::time_t whole = seconds.count();
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  std::array<char, 40> day{};
  std::strftime(day.data(), day.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09lldZ", static_cast<long long>(rest));
  return std::string(day.data()) + fraction.data();
}

Response NativeWriter::begin() {
  return {.status = 200,
          .body = "",
          .type = options_.stream ? "application/x-ndjson" : "application/json; charset=utf-8"};
}

std::string NativeWriter::object(const Said& said, const Outcome* outcome) const {
  Json json = {{"model", options_.model}, {"created_at", timestamp(options_.now())}};
  Json message;
  Json& fields = options_.chat ? message : json;
  if (options_.chat) message["role"] = "assistant";
  fields[options_.chat ? "content" : "response"] = said.content;
  if (!said.thinking.empty()) fields["thinking"] = said.thinking;
  if (!said.calls.empty()) fields["tool_calls"] = calls_json(said.calls);
  if (options_.chat) json["message"] = std::move(message);
  json["done"] = outcome != nullptr;
  if (!said.logprobs.empty()) json["logprobs"] = to_json(said.logprobs);
  if (outcome) {
    json["done_reason"] = text_of(outcome->reason);
    if (!outcome->context.empty()) json["context"] = outcome->context;
    const bool answered = outcome->reason != Reason::kLoad && outcome->reason != Reason::kUnload;
    if (answered) {
      json["total_duration"] = outcome->total.count();
      json["load_duration"] = outcome->load.count();
      json["prompt_eval_count"] = outcome->prompt_tokens;
      json["prompt_eval_cached_count"] = outcome->cached_tokens;
      json["prompt_eval_duration"] = outcome->prompt.count();
      json["eval_count"] = outcome->generated_tokens;
      json["eval_duration"] = outcome->generation.count();
    }
    if (!outcome->warnings.empty()) json["warnings"] = outcome->warnings;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string NativeWriter::add(const Event& event) {
  Said now;
  Said& to = options_.stream ? now : said_;
  to.logprobs.insert(to.logprobs.end(), event.logprobs.begin(), event.logprobs.end());
  switch (event.kind) {
    case Kind::kThinking:
      to.thinking += event.text;
      break;
    case Kind::kContent:
      to.content += event.text;
      break;
    case Kind::kToolEnd:
      to.calls.push_back(event.call);
      break;
    case Kind::kToolBegin:  // calls are told whole
    case Kind::kToolArguments:
      if (event.logprobs.empty()) return "";
  }
  return options_.stream ? object(now, nullptr) + "\n" : "";
}

std::string NativeWriter::add(int64_t choice, const Outcome& outcome) {
  CRIA_CHECK(choice == 0);
  last_ = object(said_, &outcome);
  return options_.stream ? last_ + "\n" : "";
}

std::string NativeWriter::end() { return options_.stream ? "" : last_; }

}  // namespace cria::server
