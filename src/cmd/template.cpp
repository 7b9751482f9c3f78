#include "cmd/template.h"

#include <ctime>

#include "base/error.h"
#include "base/quote.h"
#include "cmd/conversation_json.h"
#include "cmd/input.h"
#include "cmd/output.h"
#include "template/go/chat_template.h"

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

std::vector<chat::Part> parts_of(const TemplateOptions& options) {
  std::string source = read_file(options.go);
  const std::time_t now = options.now ? parse_time(*options.now) : std::time(nullptr);
  if (options.data) {
    const go::Template parsed(options.go, std::move(source));
    go::ExecuteOptions execution;
    execution.now = now;
    return parsed.execute(go::value_of(read_data(*options.data)), execution);
  }
  const go::ChatTemplate parsed(options.go, std::move(source));
  const Prompt prompt = read_prompt(*options.messages);
  if (prompt.suffix.empty()) return parsed.render(prompt.conversation, {.now = now});
  if (!parsed.takes_suffix()) {
    fail(Error::Code::kInvalidArgument, options.go, " does not support insert: it has no .Suffix");
  }
  return parsed.render_between(prompt.prompt, prompt.suffix, prompt.conversation.thinking,
                               {.now = now});
}

}  // namespace

int render_template(const TemplateOptions& options) {
  print(go::text_of(parts_of(options)));
  if (output_is_terminal()) print("\n");
  return 0;
}

}  // namespace cria::cmd
