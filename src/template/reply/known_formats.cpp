#include "template/reply/known_formats.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::chat {
namespace {

using Style = CallSyntax::Style;

struct Known {
  std::vector<std::string_view> signs;  // all of them show it
  ReplyFormat format;
};

ReplyFormat calls(std::string name, CallSyntax syntax) {
  return {.name = std::move(name), .calls = std::move(syntax)};
}

ReplyFormat harmony() {
  return {.name = "harmony",
          .thought_begin = "<|channel|>analysis<|message|>",
          .thought_end = "<|end|>",
          .is_channelled = true,
          .ignored = {"<|channel|>final<|message|>", "<|channel|>commentary<|message|>",
                      "<|start|>assistant", "<|end|>", "<|return|>", "<|call|>"},
          .calls = CallSyntax{.style = Style::kNamed,
                              .opens = {"<|channel|>commentary to=functions.",
                                        "<|channel|>analysis to=functions.",
                                        "<|start|>assistant to=functions."},
                              .close = "<|call|>",
                              .separator = "<|message|>"},
          .call_text = CallText{"<|channel|>commentary to=functions.",
                                " <|constrain|>json<|message|>", "<|call|>"}};
}

ReplyFormat command_r7b() {
  return {.name = "Command-R7B",
          .thought_begin = "<|START_THINKING|>",
          .thought_end = "<|END_THINKING|>",
          .ignored = {"<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>"},
          .calls = CallSyntax{.section_open = "<|START_ACTION|>",
                              .section_close = "<|END_ACTION|>",
                              .name_key = "tool_name",
                              .arguments_key = "parameters",
                              .is_list = true}};
}

ReplyFormat gemma4() {
  return {.name = "Gemma 4",
          .thought_begin = "<|channel>thought",
          .thought_end = "<channel|>",
          .calls = CallSyntax{.style = Style::kQuoted,
                              .opens = {"<|tool_call>call:"},
                              .close = "<tool_call|>",
                              .quote = "<|\"|>"}};
}

CallSyntax tagged(std::string section_open, std::string section_close) {
  return {.style = Style::kTagged,
          .section_open = std::move(section_open),
          .section_close = std::move(section_close),
          .opens = {"<function="},
          .close = "</function>",
          .separator = ">",
          .key_open = "<parameter=",
          .key_close = ">",
          .value_close = "</parameter>"};
}

CallSyntax invoke(const std::string& prefix, std::string section) {
  return {.style = Style::kTagged,
          .section_open = "<" + section + ">",
          .section_close = "</" + section + ">",
          .opens = {"<" + prefix + "invoke name=\""},
          .close = "</" + prefix + "invoke>",
          .separator = "\">",
          .key_open = "<" + prefix + "parameter name=\"",
          .key_close = ">",
          .value_close = "</" + prefix + "parameter>"};
}

CallSyntax python(std::string open, std::string close) {
  return {.style = Style::kPython,
          .section_open = std::move(open),
          .section_close = std::move(close),
          .separator = "("};
}

CallSyntax deepseek(std::string open, std::string separator, std::string close) {
  return {.style = Style::kNamed,
          .section_open = "<｜tool▁calls▁begin｜>",
          .section_close = "<｜tool▁calls▁end｜>",
          .opens = {std::move(open)},
          .close = std::move(close),
          .separator = std::move(separator)};
}

// Older models write a list of JSON objects instead, which is read in its place, too.
CallSyntax mistral() {
  return {.style = Style::kNamed,
          .opens = {"[TOOL_CALLS]"},
          .separator = "[ARGS]",
          .id_open = "[CALL_ID]"};
}

// More special ones stand before those whose signs they show, too.
std::vector<Known> make_formats() {
  return {
      {{"<|channel|>", "<|message|>"}, harmony()},
      {{"<|START_ACTION|>"}, command_r7b()},
      {{"<|tool_call>"}, gemma4()},
      {{"<start_function_call>"},
       calls("FunctionGemma", {.style = Style::kQuoted,
                               .opens = {"<start_function_call>call:"},
                               .close = "<end_function_call>",
                               .quote = "<escape>"})},
      {{"<｜tool▁sep｜>", "```json"},
       calls("DeepSeek-V3", deepseek("<｜tool▁call▁begin｜>function<｜tool▁sep｜>", "```json",
                                     "```<｜tool▁call▁end｜>"))},
      {{"<｜tool▁sep｜>"},
       calls("DeepSeek-V3.1",
             deepseek("<｜tool▁call▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>"))},
      {{"<｜DSML｜tool_calls"}, calls("DeepSeek-V4", invoke("｜DSML｜", "｜DSML｜tool_calls"))},
      {{"<｜DSML｜"}, calls("DeepSeek-V3.2", invoke("｜DSML｜", "｜DSML｜function_calls"))},
      {{"<|tool_calls_section_begin|>"},
       calls("Kimi-K2", {.style = Style::kNamed,
                         .section_open = "<|tool_calls_section_begin|>",
                         .section_close = "<|tool_calls_section_end|>",
                         .opens = {"<|tool_call_begin|>functions."},
                         .close = "<|tool_call_end|>",
                         .separator = "<|tool_call_argument_begin|>"})},
      {{"<minimax:tool_call>"}, calls("MiniMax-M2", invoke("", "minimax:tool_call"))},
      {{"<seed:tool_call>"}, calls("Seed-OSS", tagged("<seed:tool_call>", "</seed:tool_call>"))},
      {{"<function=", "<parameter="}, calls("Qwen3-Coder", tagged("<tool_call>", "</tool_call>"))},
      {{"<arg_key>"},
       calls("GLM-4.5", {.style = Style::kTagged,
                         .opens = {"<tool_call>"},
                         .close = "</tool_call>",
                         .key_open = "<arg_key>",
                         .key_close = "</arg_key><arg_value>",
                         .value_close = "</arg_value>"})},
      {{"<function="},
       calls("Functionary", {.style = Style::kNamed,
                             .opens = {"<function="},
                             .close = "</function>",
                             .separator = ">"})},
      {{"[TOOL_CALLS]", "[ARGS]"}, calls("Mistral (names)", mistral())},
      {{"[TOOL_CALLS]"},
       {.name = "Mistral",
        .calls = mistral(),
        .call_text = CallText{"[TOOL_CALLS][{\"name\": \"", "\", \"arguments\": ", "}]"}}},
      {{"<|tool_list_start|>"}, calls("LFM2", python("<|tool_call_start|>", "<|tool_call_end|>"))},
      {{"<|tool_call_start|>"}, calls("LFM2", python("<|tool_call_start|>", "<|tool_call_end|>"))},
      {{"<function_calls>"}, calls("Olmo 3", python("<function_calls>", "</function_calls>"))},
      {{"```tool_code"}, calls("Gemma 3", python("```tool_code", "```"))},
      {{"<|/tool_call|>"},
       calls(
           "Phi-4-mini",
           {.section_open = "<|tool_call|>", .section_close = "<|/tool_call|>", .is_list = true})},
      {{"<|tool|>"},
       calls(
           "Phi-4-mini",
           {.section_open = "<|tool_call|>", .section_close = "<|/tool_call|>", .is_list = true})},
      {{"<|tool_call|>"}, calls("Granite", {.section_open = "<|tool_call|>", .is_list = true})},
      {{"Action: ```json"},
       calls("Command-R", {.section_open = "Action: ```json",
                           .section_close = "```",
                           .name_key = "tool_name",
                           .arguments_key = "parameters",
                           .is_list = true})},
      {{"<tool_call>"},
       calls("Hermes", {.section_open = "<tool_call>", .section_close = "</tool_call>"})},
      {{"<|python_tag|>"},
       calls("Llama 3",
             {.section_open = "<|python_tag|>", .is_bare = true, .arguments_key = "parameters"})},
  };
}

const std::vector<Known>& formats() {
  static const std::vector<Known> all = [] {
    std::vector<Known> made = make_formats();
    for (Known& known : made) {
      ReplyFormat& format = known.format;
      if (!format.call_text) format.call_text = call_text_of(*format.calls);
    }
    return made;
  }();
  return all;
}

struct Named {
  std::string_view parser, format;
  std::string_view thought_begin = "", thought_end = "";
};
constexpr std::string_view kThink = "<think>", kThought = "</think>";
constexpr Named kNamed[] = {
    {"passthrough", ""},
    {"harmony", "harmony"},
    {"cogito", "Hermes", kThink, kThought},
    {"qwen3", "Hermes", kThink, kThought},
    {"qwen3-thinking", "Hermes", kThink, kThought},
    {"qwen3-vl-instruct", "Hermes", kThink, kThought},
    {"qwen3-vl-thinking", "Hermes", kThink, kThought},
    {"qwen3-coder", "Qwen3-Coder"},
    {"qwen3.5", "Qwen3-Coder", kThink, kThought},
    {"nemotron-3-nano", "Qwen3-Coder", kThink, kThought},
    {"ministral", "Mistral (names)", "[THINK]", "[/THINK]"},
    {"deepseek3", "DeepSeek-V3.1", kThink, kThought},
    {"deepseek3.1", "DeepSeek-V3.1", kThink, kThought},
    {"olmo3", "Olmo 3"},
    {"olmo3.1", "Olmo 3", kThink, kThought},
    {"olmo3-think", "Olmo 3", kThink, kThought},
    {"functiongemma", "FunctionGemma"},
    {"gemma4", "Gemma 4"},
    {"gemma4-small", "Gemma 4"},
    {"gemma4-large", "Gemma 4"},
    {"gemma4-no-thinking", "Gemma 4"},
    {"glm-4.6", "GLM-4.5", kThink, kThought},
    {"glm-4.7", "GLM-4.5", kThink, kThought},
    {"lfm2", "LFM2"},
    {"lfm2-thinking", "LFM2", kThink, kThought},
    {"cohere", "Command-R7B"},
};

}  // namespace

std::optional<ReplyFormat> format_shown_in(std::string_view text) {
  for (const Known& known : formats()) {
    const auto is_shown = [&](std::string_view sign) { return text.find(sign) != text.npos; };
    if (std::all_of(known.signs.begin(), known.signs.end(), is_shown)) return known.format;
  }
  return {};
}

const std::vector<std::pair<std::string, std::string>>& known_thoughts() {
  static const std::vector<std::pair<std::string, std::string>> all = {
      {"<think>", "</think>"},
      {"<thinking>", "</thinking>"},
      {"<seed:think>", "</seed:think>"},
      {"[THINK]", "[/THINK]"},
      {"<|START_THINKING|>", "<|END_THINKING|>"},
      {"<thought>", "</thought>"},
      {"<reasoning>", "</reasoning>"},
  };
  return all;
}

std::optional<CallText> call_text_of(const CallSyntax& syntax) {
  const std::string open = syntax.section_open + (syntax.opens.empty() ? "" : syntax.opens[0]);
  const std::string close = syntax.close + syntax.section_close;
  if (syntax.style == Style::kNamed) return CallText{open, syntax.separator, close};
  if (syntax.style != Style::kJson) return {};
  return CallText{(syntax.is_bare ? "" : open) + (syntax.is_list ? "[" : "") + "{\"" +
                      syntax.name_key + "\": \"",
                  "\", \"" + syntax.arguments_key + "\": ",
                  std::string("}") + (syntax.is_list ? "]" : "") + close};
}

ReplyFormat ReplyFormat::named(std::string_view parser) {
  for (const Named& named : kNamed) {
    if (named.parser != parser) continue;
    ReplyFormat format;
    for (const Known& known : formats()) {
      if (known.format.name == named.format) format = known.format;
    }
    if (!named.thought_end.empty()) {
      format.thought_begin = named.thought_begin;
      format.thought_end = named.thought_end;
    }
    return format;
  }
  fail(Error::Code::kUnsupported, "how a model with the parser ", quote(parser),
       " writes thoughts and calls of tools is not known");
}

}  // namespace cria::chat
