#include "cmd/template.h"

#include <ctime>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/conversation_json.h"
#include "cmd/find_model.h"
#include "cmd/format.h"
#include "cmd/input.h"
#include "cmd/open_model.h"
#include "cmd/output.h"
#include "registry/chat_template.h"
#include "registry/insert_tokens.h"
#include "serving/prompt_ids.h"
#include "template/go/chat_template.h"
#include "template/jinja/chat_template.h"

namespace cria::cmd {
namespace {

// A day, or a day and a time; in local time, or with a Z behind in UTC.
std::time_t parse_time(const std::string& text) {
  for (const char* format : {"%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"}) {
    std::tm parsed{};
    parsed.tm_isdst = -1;
    const char* end = strptime(text.c_str(), format, &parsed);
    const bool is_utc = end && std::string_view(end) == "Z";
    if (!end || (*end && !is_utc)) continue;
    const int day = parsed.tm_mday;
    const std::time_t time = is_utc ? timegm(&parsed) : std::mktime(&parsed);
    if (parsed.tm_mday == day) return time;
  }
  fail(Error::Code::kInvalidArgument, "--now ", quote(text),
       ": expected a day or a time, such as 2026-07-31 or 2026-07-31T12:00:00Z");
}

// What is rendered with, and the model's file where it is of one.
struct Source {
  std::string name = {}, text = {};
  bool is_go = false;
  std::unique_ptr<gguf::File> file = {};
  std::unique_ptr<chat::ChatTemplate> chat_template = {};
};

Source open_source(const TemplateOptions& options) {
  if (!options.go.empty())
    return {.name = options.go, .text = read_file(options.go), .is_go = true};
  if (!options.jinja.empty()) return {.name = options.jinja, .text = read_file(options.jinja)};
  const FoundModel found = find_model(options.model);
  const auto go = found.stored ? found.stored->go_template() : std::nullopt;
  Source source{
      .name = options.model, .is_go = go.has_value(), .file = gguf::File::open(found.path)};
  chat::FoundTemplate of_model = registry::find_chat_template(*source.file, go);
  if (!of_model.chat_template) {
    fail(Error::Code::kInvalidArgument, options.model, ": ", of_model.problem);
  }
  source.text = go ? *go : source.file->text("tokenizer.chat_template").value();
  source.chat_template = std::move(of_model.chat_template);
  return source;
}

std::vector<chat::Part> parts_of_data(const Source& source, const chat::Data& data,
                                      std::time_t now) {
  if (!source.is_go) {
    return jinja::Template(source.name, source.text).run(data, {.now = now});
  }
  go::ExecuteOptions execution;
  execution.now = now;
  return go::Template(source.name, source.text).execute(go::value_of(data), execution);
}

std::vector<chat::Part> parts_of(Source& source, const TemplateOptions& options) {
  const std::time_t now = options.now ? parse_time(*options.now) : std::time(nullptr);
  if (options.data) return parts_of_data(source, read_data(*options.data), now);
  if (!source.chat_template && source.is_go) {
    source.chat_template = std::make_unique<go::ChatTemplate>(source.name, source.text);
  } else if (!source.chat_template) {
    source.chat_template = std::make_unique<jinja::ChatTemplate>(source.name, source.text);
  }
  const Prompt prompt = read_prompt(*options.messages);
  if (prompt.suffix.empty()) {
    return source.chat_template->render(prompt.conversation, {.now = now});
  }
  const auto* of_go = dynamic_cast<const go::ChatTemplate*>(source.chat_template.get());
  if (of_go && of_go->takes_suffix()) {
    return of_go->render_between(prompt.prompt, prompt.suffix, prompt.conversation.thinking,
                                 {.now = now});
  }
  if (!of_go && source.file) {
    const auto tokens = registry::insert_tokens(*source.file);
    if (tokens) return tokens->prompt(prompt.prompt, prompt.suffix);
  }
  fail(Error::Code::kInvalidArgument, source.name,
       " does not support insert: ", of_go ? "it has no .Suffix" : "there are no tokens for it");
}

std::string ids_text(const Source& source, const std::vector<chat::Part>& parts) {
  std::string text;
  for (const tokenizer::Id id : serving::prompt_ids(*tokenizer_of(*source.file), parts)) {
    append_item(text, " ", std::to_string(id));
  }
  return text + "\n";
}

}  // namespace

int render_template(const TemplateOptions& options) {
  Source source = open_source(options);
  const std::vector<chat::Part> parts = parts_of(source, options);
  if (options.tokens) {
    print(ids_text(source, parts));
    return 0;
  }
  print(go::text_of(parts));
  if (output_is_terminal()) print("\n");
  return 0;
}

}  // namespace cria::cmd
