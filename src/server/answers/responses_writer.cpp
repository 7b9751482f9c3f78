#include "server/answers/responses_writer.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "server/answers/data_json.h"
#include "server/answers/logprobs_json.h"

namespace cria::server {
namespace {

using Json = nlohmann::ordered_json;
using EventKind = Event::Kind;
using Item = ResponsesWriter::Item;
using Kind = Item::Kind;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json summary_part(const std::string& text) { return {{"type", "summary_text"}, {"text", text}}; }

Json text_part(const Item& item) {
  return {{"type", "output_text"},
          {"text", item.text},
          {"annotations", Json::array()},
          {"logprobs", to_json(item.logprobs)}};
}

Json item_json(const Item& item) {
  const bool has_part = !item.text.empty() || item.status != std::string_view("in_progress");
  switch (item.kind) {
    case Kind::kThinking:
      return {{"id", item.id},
              {"type", "reasoning"},
              {"status", item.status},
              {"summary", has_part ? Json::array({summary_part(item.text)}) : Json::array()}};
    case Kind::kMessage:
      return {{"id", item.id},
              {"type", "message"},
              {"status", item.status},
              {"role", "assistant"},
              {"content", has_part ? Json::array({text_part(item)}) : Json::array()}};
    case Kind::kCall:
      return {{"id", item.id},           {"type", "function_call"}, {"status", item.status},
              {"call_id", item.call.id}, {"name", item.call.name},  {"arguments", item.text}};
  }
  return nullptr;
}

Json usage(const Outcome& outcome) {
  return {{"input_tokens", outcome.prompt_tokens},
          {"input_tokens_details",
           {{"cached_tokens", outcome.cached_tokens}, {"cache_write_tokens", 0}}},
          {"output_tokens", outcome.generated_tokens},
          {"output_tokens_details", {{"reasoning_tokens", outcome.thinking_tokens}}},
          {"total_tokens", outcome.prompt_tokens + outcome.generated_tokens}};
}

Json response_json(const ResponsesWriter::Options& options, const char* status) {
  Json json = {{"id", options.id},       {"object", "response"},   {"created_at", options.created},
               {"status", status},       {"error", nullptr},       {"incomplete_details", nullptr},
               {"model", options.model}, {"output", Json::array()}};
  json.update(to_json(options.request));
  json["usage"] = nullptr;
  return json;
}

Json response_json(const ResponsesWriter::Options& options, const char* status,
                   const std::vector<Item>& items) {
  Json json = response_json(options, status);
  for (const Item& item : items) json["output"].push_back(item_json(item));
  return json;
}

Json whole(const ResponsesWriter::Options& options, const std::vector<Item>& items,
           const Outcome& outcome) {
  const bool is_cut = outcome.reason == Reason::kLength;
  Json json = response_json(options, is_cut ? "incomplete" : "completed", items);
  if (is_cut) json["incomplete_details"] = {{"reason", "max_output_tokens"}};
  json["usage"] = usage(outcome);
  if (!outcome.warnings.empty()) json["warnings"] = outcome.warnings;
  return json;
}

// Events of a stream, numbered; of no stream nothing.
class Events {
 public:
  Events(bool stream, int64_t& sequence) : stream_(stream), sequence_(sequence) {}

  void add(const std::string& type, Json fields) {
    if (!stream_) return;
    Json json = {{"type", type}, {"sequence_number", sequence_++}};
    json.update(fields);
    text_ += "event: " + type + "\ndata: " + dump(json) + "\n\n";
  }
  std::string take() { return std::move(text_); }

 private:
  bool stream_;
  int64_t& sequence_;
  std::string text_;
};

// Where in the output something is: of an item, and of its only part.
Json place_of(const std::vector<Item>& items) {
  return {{"item_id", items.back().id}, {"output_index", items.size() - 1}};
}
Json part_of(const std::vector<Item>& items) {
  Json json = place_of(items);
  const bool is_thought = items.back().kind == Kind::kThinking;
  json[is_thought ? "summary_index" : "content_index"] = 0;
  return json;
}
Json with(Json json, const char* name, Json value) {
  json[name] = std::move(value);
  return json;
}

}  // namespace

Response ResponsesWriter::begin() {
  if (!options_.stream) return {};
  Events events(true, sequence_);
  const Json response = response_json(options_, "in_progress");
  events.add("response.created", {{"response", response}});
  events.add("response.in_progress", {{"response", response}});
  return {.status = 200,
          .body = events.take(),
          .type = "text/event-stream",
          .headers = {{"Cache-Control", "no-cache"}}};
}

std::string ResponsesWriter::open(Kind kind, const chat::ToolCall& call) {
  if (is_open_ && items_.back().kind == kind && kind != Kind::kCall) return "";
  std::string before = close("completed");
  constexpr const char* kPrefixes[] = {"rs_", "msg_", "fc_"};
  items_.push_back({.kind = kind, .id = options_.new_id(kPrefixes[static_cast<size_t>(kind)])});
  is_open_ = true;
  Item& item = items_.back();
  item.call = call;
  Events events(options_.stream, sequence_);
  events.add("response.output_item.added",
             {{"output_index", items_.size() - 1}, {"item", item_json(item)}});
  if (kind == Kind::kThinking) {
    events.add("response.reasoning_summary_part.added",
               with(part_of(items_), "part", summary_part("")));
  } else if (kind == Kind::kMessage) {
    events.add("response.content_part.added", with(part_of(items_), "part", text_part(item)));
  }
  return before + events.take();
}

std::string ResponsesWriter::grow(const Event& event) {
  Item& item = items_.back();
  item.text += event.text;
  item.logprobs.insert(item.logprobs.end(), event.logprobs.begin(), event.logprobs.end());
  Events events(options_.stream, sequence_);
  if (item.kind == Kind::kCall) {
    events.add("response.function_call_arguments.delta",
               with(place_of(items_), "delta", event.text));
  } else if (item.kind == Kind::kThinking) {
    events.add("response.reasoning_summary_text.delta", with(part_of(items_), "delta", event.text));
  } else {
    events.add("response.output_text.delta", with(with(part_of(items_), "delta", event.text),
                                                  "logprobs", to_json(event.logprobs)));
  }
  return events.take();
}

std::string ResponsesWriter::close(const char* status) {
  if (!std::exchange(is_open_, false)) return "";
  Item& item = items_.back();
  item.status = status;
  Events events(options_.stream, sequence_);
  if (item.kind == Kind::kCall) {
    events.add("response.function_call_arguments.done",
               with(with(place_of(items_), "name", item.call.name), "arguments", item.text));
  } else if (item.kind == Kind::kThinking) {
    events.add("response.reasoning_summary_text.done", with(part_of(items_), "text", item.text));
    events.add("response.reasoning_summary_part.done",
               with(part_of(items_), "part", summary_part(item.text)));
  } else {
    events.add("response.output_text.done",
               with(with(part_of(items_), "text", item.text), "logprobs", to_json(item.logprobs)));
    events.add("response.content_part.done", with(part_of(items_), "part", text_part(item)));
  }
  events.add("response.output_item.done",
             {{"output_index", items_.size() - 1}, {"item", item_json(item)}});
  return events.take();
}

std::string ResponsesWriter::add(const Event& event) {
  switch (event.kind) {
    case EventKind::kThinking: {
      std::string opened = open(Kind::kThinking, {});
      return opened + grow(event);
    }
    case EventKind::kContent: {
      std::string opened = open(Kind::kMessage, {});
      return opened + grow(event);
    }
    case EventKind::kToolBegin:
      return open(Kind::kCall, event.call);
    case EventKind::kToolArguments:
      return grow(event);
    case EventKind::kToolEnd: {
      const chat::Data& arguments = event.call.arguments;
      std::string& text = items_.back().text;
      if (text.empty()) text = arguments.is_null() ? "{}" : dump(to_json(arguments));
      return close("completed");
    }
  }
  return "";
}

std::string ResponsesWriter::add(int64_t, const Outcome& outcome) {
  outcome_ = outcome;
  return close(outcome.reason == Reason::kLength ? "incomplete" : "completed");
}

std::string ResponsesWriter::end() {
  const Json json = whole(options_, items_, outcome_);
  if (!options_.stream) return dump(json);
  Events events(true, sequence_);
  events.add(outcome_.reason == Reason::kLength ? "response.incomplete" : "response.completed",
             {{"response", json}});
  return events.take();
}

std::string ResponsesWriter::fail(const Problem& problem) {
  std::string before = close("incomplete");
  Json json = response_json(options_, "failed", items_);
  json["error"] = {{"code", problem.status < 500 ? "invalid_prompt" : "server_error"},
                   {"message", problem.message}};
  Events events(true, sequence_);
  events.add("response.failed", {{"response", json}});
  return before + events.take();
}

}  // namespace cria::server
