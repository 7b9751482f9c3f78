#include "cmd/remote_answerer.h"

#include <charconv>
#include <utility>

#include "base/base64.h"
#include "base/error.h"
#include "cmd/format.h"
#include "cmd/list.h"
#include "cmd/output.h"
#include "cmd/output_format.h"
#include "cmd/remote_json.h"
#include "cmd/remote_show.h"
#include "cmd/remote_steps.h"
#include "cmd/spinner.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

using client::Json;
using Code = Error::Code;

Json ask_about(client::Client& client, const std::string& model) {
  try {
    return client.post("/api/show", {{"model", model}});
  } catch (const client::ServerError& error) {
    if (error.status != 404) throw;
    throw client::ServerError(
        404, concat("the server at ", client.address().url(), " says: ", error.what(),
                    " (cria list shows the models of this machine, --local asks no server)"));
  }
}

Json message_json(const Said& said) {
  Json message{{"role", said.role}, {"content", said.content}};
  if (!said.thinking.empty()) message["thinking"] = said.thinking;
  for (const auto& file : said.pictures) message["images"].push_back(encode_base64(file->bytes));
  return message;
}

Json think_json(const std::string& think) {
  if (think == "true" || think == "false") return think == "true";
  return think;
}

Answered statistics(const Json& done, double seconds) {
  const auto duration = [&](const char* name) {
    return static_cast<double>(integer_in(done, name)) / 1e9;
  };
  const bool timed = done.contains("total_duration");
  return {.total = timed ? duration("total_duration") : seconds,
          .load = duration("load_duration"),
          .prompt = duration("prompt_eval_duration"),
          .decode = duration("eval_duration"),
          .prompt_tokens = integer_in(done, "prompt_eval_count"),
          .generated_tokens = integer_in(done, "eval_count")};
}

}  // namespace

RemoteAnswerer::RemoteAnswerer(client::Client client, const std::string& model,
                               const Wishes& wishes, const RemoteOptions& options,
                               const std::stop_token& stop)
    : Answerer(model),
      client_(std::move(client)),
      options_(options),
      about_(ask_about(client_, model)) {
  if (!chats() && can("completion")) {
    notice("the model has no chat template, so the prompt is continued as plain text");
  }
  set_wishes(wishes);
  if (!options.load) return;
  Json request{{"model", model}, {"stream", false}};
  add_keep_alive(request);
  const Spinner spinner;
  client_.post("/api/generate", request, stop);
}

bool RemoteAnswerer::can(std::string_view capability) const {
  const auto found = about_.find("capabilities");
  if (found == about_.end() || !found->is_array()) return false;
  return std::ranges::find(*found, Json(capability)) != found->end();
}

std::vector<Said> RemoteAnswerer::own_messages() const {
  std::vector<Said> messages;
  const auto found = about_.find("messages");
  if (found == about_.end() || !found->is_array()) return messages;
  for (const Json& message : *found) {
    messages.push_back({text_in(message, "role"), text_in(message, "content")});
  }
  return messages;
}

void RemoteAnswerer::adopt(const Wishes& wishes) {
  if (!chats() && wishes.system && !wishes.system->empty()) {
    fail(Code::kInvalidArgument,
         "a system text needs a chat template, but prompts are continued as plain text here");
  }
  format_ = format_json(wishes.format);
}

void RemoteAnswerer::add_keep_alive(Json& request) const {
  const std::string& text = options_.keep_alive;
  if (text.empty()) return;
  int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  const bool is_number = error == std::errc() && stopped == end;
  request["keep_alive"] = is_number ? Json(seconds) : Json(text);
}

bool RemoteAnswerer::chats() const { return !text_in(about_, "template").empty(); }

Json RemoteAnswerer::request_of(std::span<const Said> said) const {
  Json request{{"model", model()}, {"stream", true}};
  if (chats()) {
    Json messages = Json::array();
    // The server puts the model's own system text where there is none, and its messages.
    if (wishes().system) messages.push_back({{"role", "system"}, {"content", *wishes().system}});
    for (const Said& one : said) messages.push_back(message_json(one));
    request["messages"] = std::move(messages);
  } else {
    const Json message = message_json(said.back());
    request["prompt"] = message["content"];
    if (message.contains("images")) request["images"] = message["images"];
  }
  if (!wishes().parameters.empty()) request["options"] = parameters_json(wishes().parameters);
  if (!format_.is_null()) request["format"] = format_;
  if (wishes().think) {
    request["think"] = think_json(*wishes().think);
  } else if (can("thinking")) {
    request["think"] = true;
  }
  add_keep_alive(request);
  return request;
}

Answered RemoteAnswerer::answer(std::span<const Said> said, const Receive& receive,
                                const std::stop_token& stop) {
  const Stopwatch watch;
  Json done;
  const auto take = [&](const Json& line) {
    if (const std::string text = text_in(line, "response"); !text.empty()) {
      receive(Part::kText, text);
    }
    if (const auto message = line.find("message"); message != line.end()) {
      if (const std::string text = text_in(*message, "thinking"); !text.empty()) {
        receive(Part::kThinking, text);
      }
      if (const std::string text = text_in(*message, "content"); !text.empty()) {
        receive(Part::kText, text);
      }
    }
    if (flag_in(line, "done")) done = line;
    return true;
  };
  if (!client_.stream(chats() ? "/api/chat" : "/api/generate", request_of(said), take, stop)) {
    return {.total = watch.seconds()};
  }
  if (done.is_null()) {
    fail(Code::kInternal, "the server at ", client_.address().url(),
         " ended its answer before it was done");
  }
  Answered answered = statistics(done, watch.seconds());
  answered.notice = notice_of(done);
  return answered;
}

// What the server warns of, and a full context; that num_predict cuts an answer was asked for.
std::string RemoteAnswerer::notice_of(const Json& done) const {
  std::string notice;
  if (const auto warnings = done.find("warnings"); warnings != done.end()) {
    for (const Json& warning : *warnings) {
      if (warning.is_string()) append_item(notice, "; ", warning.get<std::string>());
    }
  }
  const bool limited = wishes().parameters.contains("num_predict") ||
                       text_in(about_, "parameters").find("num_predict") != std::string::npos;
  if (text_in(done, "done_reason") == "length" && !limited) {
    append_item(notice, "; ", "the context is full, the answer was cut");
  }
  return notice;
}

std::string RemoteAnswerer::show(Topic topic) const {
  if (topic == Topic::kParameters) {
    return remote_parameters_text(text_in(about_, "parameters"), wishes().parameters);
  }
  if (topic == Topic::kSystem && wishes().system) return *wishes().system;
  return remote_text(about_, topic);
}

void RemoteAnswerer::save(const std::string& name, std::span<const Said> said) {
  Json request{{"model", name}, {"from", model()}, {"stream", true}};
  if (wishes().system) request["system"] = *wishes().system;
  if (!wishes().parameters.empty()) request["parameters"] = parameters_json(wishes().parameters);
  Json messages = Json::array();
  for (const Said& one : own_messages()) messages.push_back(message_json(one));
  for (const Said& one : said) messages.push_back(message_json(one));
  if (!messages.empty()) request["messages"] = std::move(messages);
  RemoteSteps steps;
  client_.stream("/api/create", request, [&](const Json& line) { return steps.take(line); });
  steps.finish(client_.address());
}

std::string RemoteAnswerer::list_models() {
  return models_table(listed_models(client_.get("/api/tags")));
}

Json RemoteAnswerer::vector(const std::string& text, bool truncate, int64_t dimensions) {
  Json request{{"model", model()}, {"input", text}, {"truncate", truncate}};
  if (dimensions > 0) request["dimensions"] = dimensions;
  if (!wishes().parameters.empty()) request["options"] = parameters_json(wishes().parameters);
  add_keep_alive(request);
  const Json answer = client_.post("/api/embed", request);
  const auto vectors = answer.find("embeddings");
  if (vectors != answer.end() && vectors->is_array() && vectors->size() == 1) return (*vectors)[0];
  fail(Code::kCorrupt, "the server at ", client_.address().url(), " answered without a vector");
}

}  // namespace cria::cmd
