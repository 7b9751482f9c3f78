#include "server/openai/sampling.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "serving/answer_format.h"

namespace cria::server::openai {
namespace {

using Json = nlohmann::ordered_json;
constexpr int64_t kMostTokens = INT32_MAX, kMostChoices = 128;

void read_real(const Fields& fields, std::string_view name, double least, double most,
               Options& options) {
  const auto value = fields.real(name);
  if (!value) return;
  if (*value < least || *value > most) {
    fields.refuse(name, concat("a number from ", least, " to ", most));
  }
  options.emplace_back(name, option_text(*value));
}

// {"50256": -100}
void read_logit_bias(const Fields& fields, Options& options) {
  const Json* biases = fields.object("logit_bias");
  if (!biases) return;
  const Fields inner(*biases, "logit_bias");
  for (const auto& [key, value] : biases->items()) {
    int32_t id = -1;
    const char* const end = key.data() + key.size();
    const auto [stopped, error] = std::from_chars(key.data(), end, id);
    if (key.empty() || error != std::errc() || stopped != end || id < 0) {
      fail_at("logit_bias", " has ", quote(key), ", expected ids of tokens");
    }
    const auto bias = inner.real(key);
    if (!bias || *bias < -100 || *bias > 100) inner.refuse(key, "a number from -100 to 100");
    options.emplace_back("logit_bias", key + "=" + option_text(*bias));
  }
}

void read_stop(const Fields& fields, Options& options) {
  for (std::string& text : fields.texts("stop")) {
    if (text.empty()) fail_at("stop", " has an empty text, expected some to stop at");
    options.emplace_back("stop", std::move(text));
  }
}

// Strict or not: answers always fit the schema.
std::shared_ptr<const grammar::Grammar> read_schema(const Fields& holder) {
  accept(holder, {"name", "description", "strict"});
  static_cast<void>(holder.need("schema"));
  return read_at(holder.place("schema"), [&] { return compile_schema(*holder.object("schema")); });
}

}  // namespace

void read_sampling(const Fields& fields, GenerationRequest& request) {
  request.model = fields.needed_text("model");
  Options& options = request.options;
  options = {{"temperature", "1"}, {"top_p", "1"}};
  read_options(fields, options, request.warnings);
  read_real(fields, "temperature", 0, 2, options);
  read_real(fields, "top_p", 0, 1, options);
  read_real(fields, "presence_penalty", -2, 2, options);
  read_real(fields, "frequency_penalty", -2, 2, options);
  read_option(fields, "seed", options);
  read_stop(fields, options);
  read_logit_bias(fields, options);
  read_loose_options(fields, options);
  request.keep_alive = read_keep_alive(fields);
  request.truncate = fields.flag("truncate", true);
  request.shift = fields.flag("shift", true);
}

void read_choices(const Fields& fields, GenerationRequest& request) {
  request.choices = fields.integer("n", 1, 1, kMostChoices);
}

void read_limit(const Fields& fields, std::initializer_list<std::string_view> names,
                GenerationRequest& request) {
  bool is_read = false;
  for (const std::string_view name : names) {
    const auto limit = fields.integer(name);
    if (!limit || std::exchange(is_read, true)) continue;
    if (*limit != -1 && (*limit < 1 || *limit > kMostTokens)) {
      fields.refuse(name, "a number of tokens from 1 on, or -1 for as many as it takes");
    }
    request.options.emplace_back("num_predict", std::to_string(*limit));
  }
}

void read_thinking(const Fields& fields, GenerationRequest& request) {
  const auto set = [&](const chat::Thinking& thinking, const std::string& place) {
    auto& all = request.thinking;
    if (!all) all = thinking;
    const bool two_levels =
        !all->level.empty() && !thinking.level.empty() && all->level != thinking.level;
    if (all->on != thinking.on || two_levels) {
      fail_at(place, " contradicts another field that says how much to think");
    }
    if (!thinking.level.empty()) all->level = thinking.level;
  };
  if (const auto think = read_think(fields)) set(*think, "think");
  if (fields.has("reasoning_effort")) {
    set(thinking_of_effort(fields, "reasoning_effort"), "reasoning_effort");
  }
  if (const Json* reasoning = fields.object("reasoning")) {
    const Fields inner(*reasoning, "reasoning");
    if (inner.has("effort")) set(thinking_of_effort(inner, "effort"), "reasoning.effort");
    accept(inner, {"summary", "generate_summary"});  // thoughts are told as they are
    warn_of_unread(request.warnings, inner);
  }
  if (const Json* arguments = fields.object("chat_template_kwargs")) {
    const Fields inner(*arguments, "chat_template_kwargs");
    const auto on = inner.flag("enable_thinking");
    if (on) set({.on = *on}, "chat_template_kwargs.enable_thinking");
    warn_of_unread(request.warnings, inner);
  }
}

std::shared_ptr<const grammar::Grammar> read_response_format(const Fields& format,
                                                             Warnings& warnings) {
  const std::string type = format.needed_text("type");
  std::shared_ptr<const grammar::Grammar> grammar;
  if (type == "json_object") {
    grammar = serving::answer_format("json");
  } else if (type == "json_schema") {
    const Json* within = format.object("json_schema");
    if (within) {
      const Fields inner(*within, format.place("json_schema"));
      grammar = read_schema(inner);
      warn_of_unread(warnings, inner);
    } else {
      grammar = read_schema(format);
    }
  } else if (type != "text") {
    format.refuse("type", R"("text", "json_object" or "json_schema")");
  }
  warn_of_unread(warnings, format);
  return grammar;
}

}  // namespace cria::server::openai
