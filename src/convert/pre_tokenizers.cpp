#include "convert/pre_tokenizers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/quote.h"
#include "convert/json_parts.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// The regular expressions of the models' own files. English contractions are in all but tekken's.
#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define LINES_AND_SPACES "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
#define WORDS(digits) \
  CONTRACTIONS        \
  "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" digits "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES
// The same in another spelling: what is possessive there gives nothing back here either.
#define WORDS_OF_GPT4(digits)                                    \
  "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|" digits \
  "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"
constexpr std::string_view kLlama3 = WORDS("\\p{N}{1,3}");
constexpr std::string_view kGpt4 = WORDS_OF_GPT4("\\p{N}{1,3}");
constexpr std::string_view kQwen2 = WORDS("\\p{N}");
constexpr std::string_view kBailing = WORDS_OF_GPT4("\\p{N}");
constexpr std::string_view kQwen35 = CONTRACTIONS
    "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| "
    "?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES;
constexpr std::string_view kSeedCoder = CONTRACTIONS
    "|[^\r\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\r\n]+|"
    "\\s*[\r\n]+|\\s+(?!\\S)|\\s+";
constexpr std::string_view kTekken =
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+|[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER
    "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" LINES_AND_SPACES;
constexpr std::string_view kGpt4o =
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" CONTRACTIONS "?|[^\\r\\n\\p{L}\\p{N}]?" UPPER
    "+" LOWER "*" CONTRACTIONS "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" LINES_AND_SPACES;
constexpr std::string_view kGpt2 =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
// DeepSeek's, a step each. Its files have newlines themselves, not their escapes.
constexpr std::string_view kNewline = "[\r\n]";
constexpr std::string_view kCasedLetters =
    "\\s?[A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-"
    "\u02af"
    "\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-"
    "\u03f5"
    "\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba"
    "\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45"
    "\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe"
    "\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc"
    "\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139"
    "\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-"
    "\u2cee\u2cf2\u2cf3"
    "\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06"
    "\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\U00010400-\U0001044f\U000104b0-\U000104d3"
    "\U000104d8-\U000104fb\U00010c80-\U00010cb2\U00010cc0-\U00010cf2\U000118a0-\U000118df"
    "\U0001e900-\U0001e943]+";
constexpr std::string_view kPunctuation =
    "\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+";
constexpr std::string_view kTrailingSpaces = "\\s+$";
constexpr std::string_view kEastAsian = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+";
constexpr std::string_view kThreeDigits = "\\p{N}{1,3}";
constexpr std::string_view kIdeographsAndKana = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";
constexpr std::string_view kDeepseekV3 =
    "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?"
    "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";
#undef CONTRACTIONS
#undef UPPER
#undef LOWER
#undef LINES_AND_SPACES
#undef WORDS
#undef WORDS_OF_GPT4

// One step of splitting: a regular expression whose matches stand alone, or one of these.
using Steps = std::vector<std::string>;
constexpr std::string_view kDigits = "Digits, each alone";
constexpr std::string_view kDigitRuns = "Digits that stay together";
constexpr std::string_view kPunctuationRuns = "Punctuation that stays together";

struct Known {
  std::string_view name;
  std::vector<std::string_view> steps;
  bool whole_words = false;
};

const std::vector<Known>& known() {
  static const std::vector<Known> rows = {
      {.name = "gpt-2", .steps = {kGpt2}},
      {.name = "smollm", .steps = {kDigits, kGpt2}},
      {.name = "llama-bpe", .steps = {kLlama3}, .whole_words = true},
      {.name = "llama-bpe", .steps = {kGpt4}, .whole_words = true},
      {.name = "dbrx", .steps = {kLlama3}},
      {.name = "dbrx", .steps = {kGpt4}},
      {.name = "qwen2", .steps = {kQwen2}},
      {.name = "bailingmoe", .steps = {kBailing}},
      {.name = "qwen35", .steps = {kQwen35}},
      {.name = "seed-coder", .steps = {kSeedCoder}},
      {.name = "tekken", .steps = {kTekken}, .whole_words = true},
      {.name = "gpt-4o", .steps = {kGpt4o}},
      {.name = "deepseek-llm",
       .steps = {kNewline, kCasedLetters, kPunctuation, kTrailingSpaces, kEastAsian, kDigits}},
      {.name = "deepseek-coder",
       .steps = {kNewline, "\\s?\\p{L}+", "\\s?\\p{P}+", kEastAsian, kDigits}},
      {.name = "deepseek-v3", .steps = {kThreeDigits, kIdeographsAndKana, kDeepseekV3}},
      {.name = "falcon", .steps = {kPunctuationRuns, kGpt2, kDigitRuns, "[0-9][0-9][0-9]"}},
  };
  return rows;
}

class Recogniser {
 public:
  explicit Recogniser(const std::string& file) : file_(file) {}

  Steps steps(const Json& pre_tokenizer) const {
    Steps out;
    for (const Json& step : steps_of(pre_tokenizer, "pretokenizers")) {
      const std::string type = type_of(step);
      if (type == "Split") {
        out.push_back(regex_of(step));
      } else if (type == "Digits") {
        out.emplace_back(flag_of(step, "individual_digits", false) ? kDigits : kDigitRuns);
      } else if (type == "Punctuation" && text_of(step, "behavior") == "Contiguous") {
        out.emplace_back(kPunctuationRuns);
      } else if (type == "ByteLevel") {
        if (flag_of(step, "add_prefix_space", true)) refuse("ByteLevel with add_prefix_space");
        if (flag_of(step, "use_regex", true)) out.emplace_back(kGpt2);
      } else {
        refuse(concat("a step of type ", quote(type)));
      }
    }
    return out;
  }

 private:
  // Whether a regular expression matches all of any text: spaces, as what comes last in one of
  // several kinds of words.
  static bool leaves_nothing(const std::string& regex) {
    return regex.ends_with("|\\s+(?!\\S)|\\s+");
  }

  std::string regex_of(const Json& split) const {
    const std::string regex = text_of(part(split, "pattern"), "Regex");
    if (regex.empty()) refuse("a Split that is not by a regular expression");
    const std::string behavior = text_of(split, "behavior");
    const bool is_inverted = flag_of(split, "invert", false);
    const bool stands_alone = behavior == "Isolated" && !is_inverted;
    // Removing what does not match is the same where there is no such thing.
    const bool keeps_matches = behavior == "Removed" && is_inverted && leaves_nothing(regex);
    if (!stands_alone && !keeps_matches) {
      refuse(concat("a Split of behavior ", quote(behavior), is_inverted ? ", inverted" : ""));
    }
    return regex;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    fail(Code::kUnsupported, file_, ": pre_tokenizer: has ", what,
         ", which is not known; if you know a pre-tokenizer of GGUF that splits alike, name it "
         "with --pre");
  }

  const std::string& file_;
};

}  // namespace

PreTokenizer recognise_pre_tokenizer(const Json& pre_tokenizer, bool whole_words,
                                     const std::string& file) {
  const Steps steps = Recogniser(file).steps(pre_tokenizer);
  const Known* found = nullptr;
  for (const Known& row : known()) {
    if (!std::ranges::equal(row.steps, steps)) continue;
    if (!found || row.whole_words == whole_words) found = &row;
  }
  if (found) return {std::string(found->name), found->whole_words};
  std::string list;
  for (const std::string& step : steps) list += "\n  " + step;
  fail(Code::kUnsupported, file, ": pre_tokenizer: splits text in a way that is not known, by",
       list, "\nif you know a pre-tokenizer of GGUF that splits alike, name it with --pre");
}

bool is_byte_level(const Json& pre_tokenizer) {
  return std::ranges::any_of(steps_of(pre_tokenizer, "pretokenizers"),
                             [](const Json& step) { return type_of(step) == "ByteLevel"; });
}

}  // namespace cria::convert
