#include "template/reply/known_formats.h"

#include <algorithm>

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
          .headers = {"<|channel|>final <|constrain|>", "<|channel|>final<|constrain|>",
                      "<|channel|>commentary <|constrain|>", "<|channel|>commentary<|constrain|>"},
          .header_end = "<|message|>",
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

// Its template never writes a thought.
ReplyFormat apertus() {
  return {.name = "Apertus",
          .thought_begin = "<|inner_prefix|>",
          .thought_end = "<|inner_suffix|>",
          .calls = CallSyntax{.section_open = "<|tools_prefix|>",
                              .section_close = "<|tools_suffix|>",
                              .name_key = "",
                              .is_list = true}};
}

ReplyFormat kimi_k3() {
  const auto open = [](const std::string& tag) { return "<|open|>" + tag + "<|sep|>"; };
  const auto close = [](const std::string& tag) { return "<|close|>" + tag + "<|sep|>"; };
  return {.name = "Kimi-K3",
          .thought_begin = open("think"),
          .thought_end = close("think"),
          .ignored = {open("response"), close("response"), close("message"), "<|end_of_msg|>"},
          .calls = CallSyntax{.style = Style::kTagged,
                              .section_open = open("tools"),
                              .section_close = close("tools"),
                              .opens = {"<|open|>call tool=\""},
                              .close = close("call"),
                              .separator = "<|sep|>",
                              .key_open = "<|open|>argument key=\"",
                              .key_close = "<|sep|>",
                              .value_close = close("argument")}};
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
          .value_close = "</parameter>",
          .pads_values = true};
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
                         .opens = {"<|tool_call_begin|>"},
                         .close = "<|tool_call_end|>",
                         .naming_id = "functions.",
                         .separator = "<|tool_call_argument_begin|>"})},
      {{"<|open|>call tool="}, kimi_k3()},
      {{"<|tools_prefix|>"}, apertus()},
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
      {"<|inner_prefix|>", "<|inner_suffix|>"},
      {"<|open|>think<|sep|>", "<|close|>think<|sep|>"},
  };
  return all;
}

std::optional<CallText> call_text_of(const CallSyntax& syntax) {
  const std::string open = syntax.section_open + (syntax.opens.empty() ? "" : syntax.opens[0]);
  const std::string close = syntax.close + syntax.section_close;
  if (syntax.style == Style::kNamed) {
    const bool is_id = !syntax.naming_id.empty();
    return CallText{open + syntax.naming_id, (is_id ? ":0" : "") + syntax.separator, close};
  }
  if (syntax.style != Style::kJson) return {};
  const bool is_keyed = syntax.name_key.empty();
  return CallText{(syntax.is_bare ? "" : open) + (syntax.is_list ? "[" : "") + "{\"" +
                      (is_keyed ? "" : syntax.name_key + "\": \""),
                  is_keyed ? "\": " : "\", \"" + syntax.arguments_key + "\": ",
                  std::string("}") + (syntax.is_list ? "]" : "") + close};
}

const ReplyFormat* find_known_format(std::string_view name) {
  const auto found = std::ranges::find(
      formats(), name, [](const Known& known) { return std::string_view(known.format.name); });
  return found == formats().end() ? nullptr : &found->format;
}

}  // namespace cria::chat
