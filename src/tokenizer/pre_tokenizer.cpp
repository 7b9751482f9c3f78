#include "tokenizer/pre_tokenizer.h"

#include <algorithm>
#include <array>

#include "tokenizer/scanners.h"

namespace cria::tokenizer {
namespace {

using Name = std::string_view;

constexpr std::array kGpt2Names = std::to_array<Name>(
    {"default",    "gpt-2",       "phi-2",      "mpt",          "olmo",
     "jais",       "roberta-bpe", "jina-v1-en", "jina-v2-code", "jina-v2-es",
     "jina-v2-de", "jina-es",     "jina-de",    "modern-bert",  "exaone4",
     "a.x-4.0",    "mellum",      "gigachat",   "trillion",     "granite-docling"});
constexpr std::array kGpt2 = std::to_array<Stage>({scan_gpt2});

constexpr std::array kLlama3Names = std::to_array<Name>(
    {"llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"});
constexpr std::array kLlama3LikeNames =
    std::to_array<Name>({"dbrx", "smaug-bpe", "chatglm-bpe", "glm4"});
constexpr std::array kLlama3 = std::to_array<Stage>({scan_llama3});

constexpr std::array kQwen2Names =
    std::to_array<Name>({"qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "kormo", "hunyuan",
                         "solar-open", "grok-2", "bailingmoe", "bailingmoe2", "llada-moe"});
constexpr std::array kQwen2 = std::to_array<Stage>({scan_qwen2});

constexpr std::array kDigitsFirstNames = std::to_array<Name>(
    {"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"});
constexpr std::array kDigitsFirst = std::to_array<Stage>({scan_digit, scan_gpt2});

constexpr std::array kDeepseekLlmNames = std::to_array<Name>({"deepseek-llm"});
constexpr std::array kDeepseekLlm =
    std::to_array<Stage>({scan_newline, scan_cased_letters, scan_deepseek_punctuation,
                          scan_trailing_spaces, scan_east_asian, scan_digit});

constexpr std::array kDeepseekCoderNames = std::to_array<Name>({"deepseek-coder"});
constexpr std::array kDeepseekCoder = std::to_array<Stage>(
    {scan_newline, scan_letters, scan_punctuation, scan_east_asian, scan_digit});

constexpr std::array kDeepseekV3Names =
    std::to_array<Name>({"deepseek-v3", "hunyuan-dense", "joyai-llm"});
constexpr std::array kDeepseekV3 =
    std::to_array<Stage>({scan_three_digits, scan_ideographs_and_kana, scan_deepseek_v3});

// Falcon looks for digits after bytes have become characters, hence the last two.
constexpr std::array kFalconNames = std::to_array<Name>({"falcon"});
constexpr std::array kFalcon = std::to_array<Stage>(
    {scan_ascii_or_unicode_punctuation, scan_gpt2, scan_number_bytes, scan_ascii_digit_triple});

constexpr std::array kTekkenNames = std::to_array<Name>({"tekken"});
constexpr std::array kTekken = std::to_array<Stage>({scan_tekken});

constexpr std::array kGpt4oNames = std::to_array<Name>({"gpt-4o", "llama4", "minimax-m2"});
constexpr std::array kGpt4o = std::to_array<Stage>({scan_gpt4o});

constexpr std::array kQwen35Names = std::to_array<Name>({"qwen35"});
constexpr std::array kQwen35 = std::to_array<Stage>({scan_qwen35});

constexpr std::array kSeedCoderNames = std::to_array<Name>({"seed-coder"});
constexpr std::array kSeedCoder = std::to_array<Stage>({scan_seed_coder});

constexpr std::array kLagunaNames = std::to_array<Name>({"laguna"});
constexpr std::array kLaguna = std::to_array<Stage>({scan_lines, scan_qwen2});

constexpr std::array kKimiNames = std::to_array<Name>({"kimi-k2"});
constexpr std::array kKimi = std::to_array<Stage>({scan_kimi});

constexpr std::array kBloomNames = std::to_array<Name>({"bloom", "gpt3-finnish", "poro-chat"});
constexpr std::array kBloom = std::to_array<Stage>({scan_bloom});

constexpr std::array kVikingNames = std::to_array<Name>({"viking"});
constexpr std::array kViking = std::to_array<Stage>({scan_bloom, scan_digit});

constexpr std::array kSuperBpeNames = std::to_array<Name>({"superbpe"});
constexpr std::array kSuperBpe = std::to_array<Stage>({scan_digits, scan_thousands});

constexpr std::array kFamilies = std::to_array<Family>({
    {.names = kGpt2Names, .stages = kGpt2},
    {.names = kLlama3Names, .stages = kLlama3, .whole_words = true, .adds_bos = true},
    {.names = kLlama3LikeNames, .stages = kLlama3},
    {.names = kQwen2Names, .stages = kQwen2},
    {.names = kDigitsFirstNames, .stages = kDigitsFirst},
    {.names = kDeepseekLlmNames, .stages = kDeepseekLlm},
    {.names = kDeepseekCoderNames, .stages = kDeepseekCoder},
    {.names = kDeepseekV3Names, .stages = kDeepseekV3},
    {.names = kFalconNames, .stages = kFalcon},
    {.names = kTekkenNames, .stages = kTekken, .whole_words = true, .adds_bos = true},
    {.names = kGpt4oNames, .stages = kGpt4o},
    {.names = kQwen35Names, .stages = kQwen35},
    {.names = kSeedCoderNames, .stages = kSeedCoder},
    {.names = kLagunaNames, .stages = kLaguna},
    {.names = kKimiNames, .stages = kKimi},
    {.names = kBloomNames, .stages = kBloom},
    {.names = kVikingNames, .stages = kViking},
    {.names = kSuperBpeNames, .stages = kSuperBpe},
});

}  // namespace

const Family* find_family(std::string_view name) {
  if (name.empty()) name = "default";
  for (const Family& family : kFamilies) {
    if (std::find(family.names.begin(), family.names.end(), name) != family.names.end()) {
      return &family;
    }
  }
  return nullptr;
}

std::string known_pre_tokenizers() {
  std::string list;
  for (const Family& family : kFamilies) {
    for (const std::string_view name : family.names) {
      if (!list.empty()) list += ", ";
      list += name;
    }
  }
  return list;
}

void split(std::string_view text, std::span<const Stage> stages,
           const std::function<void(std::string_view)>& take) {
  if (text.empty()) return;
  if (stages.empty()) return take(text);
  const auto pass_on = [&](size_t begin, size_t end) {
    if (begin < end) split(text.substr(begin, end - begin), stages.subspan(1), take);
  };
  for (size_t position = 0; position < text.size();) {
    const Span match = stages.front()(text, position);
    pass_on(position, match.begin);
    pass_on(match.begin, match.end);
    position = match.end;
  }
}

}  // namespace cria::tokenizer
