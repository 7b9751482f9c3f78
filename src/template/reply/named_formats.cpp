// The formats of Ollama's parsers.

#include "base/error.h"
#include "base/quote.h"
#include "template/reply/known_formats.h"

namespace cria::chat {
namespace {

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
    {"ornith", "Qwen3-Coder", kThink, kThought},
    {"nemotron-3-nano", "Qwen3-Coder", kThink, kThought},
    {"nemotron-3.5-nano", "Qwen3-Coder", kThink, kThought},
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
    {"glm-ocr", "GLM-4.5"},
    {"laguna", "GLM-4.5", kThink, kThought},
    {"poolside-v1", "GLM-4.5", kThink, kThought},
    {"lfm2", "LFM2"},
    {"lfm2-thinking", "LFM2", kThink, kThought},
    {"cohere", "Command-R7B"},
};

}  // namespace

ReplyFormat ReplyFormat::named(std::string_view parser) {
  for (const Named& named : kNamed) {
    if (named.parser != parser) continue;
    const ReplyFormat* known = find_known_format(named.format);
    ReplyFormat format = known ? *known : ReplyFormat();
    if (!named.thought_end.empty()) {
      format.thought_begin = named.thought_begin;
      format.thought_end = named.thought_end;
    }
    return format;
  }
  std::string known;
  for (const Named& named : kNamed) known += concat(known.empty() ? "" : ", ", named.parser);
  fail(Error::Code::kUnsupported, "how a model with the parser ", quote(parser),
       " writes thoughts and calls of tools is not known, expected one of ", known);
}

}  // namespace cria::chat
