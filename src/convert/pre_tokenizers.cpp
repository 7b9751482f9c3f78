#include "convert/pre_tokenizers.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// The regular expressions of the models' own files. English contractions are in all but tekken's.
#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
#define UPPER "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]"
#define LOWER "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]"
#define LINES_AND_SPACES "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
constexpr std::string_view kLlama3 = CONTRACTIONS
    "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES;
constexpr std::string_view kQwen2 = CONTRACTIONS
    "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" LINES_AND_SPACES;
constexpr std::string_view kTekken =
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+|[^\\r\\n\\p{L}\\p{N}]?" UPPER "+" LOWER
    "*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" LINES_AND_SPACES;
constexpr std::string_view kGpt4o =
    "[^\\r\\n\\p{L}\\p{N}]?" UPPER "*" LOWER "+" CONTRACTIONS "?|[^\\r\\n\\p{L}\\p{N}]?" UPPER
    "+" LOWER "*" CONTRACTIONS "?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" LINES_AND_SPACES;
constexpr std::string_view kGpt2 =
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
#undef CONTRACTIONS
#undef UPPER
#undef LOWER
#undef LINES_AND_SPACES

// One step of splitting: a regular expression whose matches stand alone, or "digits".
using Steps = std::vector<std::string>;
constexpr std::string_view kDigits = "digits";

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
      {.name = "dbrx", .steps = {kLlama3}},
      {.name = "qwen2", .steps = {kQwen2}},
      {.name = "tekken", .steps = {kTekken}, .whole_words = true},
      {.name = "gpt-4o", .steps = {kGpt4o}},
  };
  return rows;
}

bool flag(const Json& object, const char* key, bool fallback) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() ? found->get<bool>() : fallback;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The parts of a sequence, or the one part that is none.
std::vector<Json> parts(const Json& pre_tokenizer) {
  if (!pre_tokenizer.is_object()) return {};
  if (text(pre_tokenizer, "type") != "Sequence") return {pre_tokenizer};
  const auto list = pre_tokenizer.find("pretokenizers");
  if (list == pre_tokenizer.end() || !list->is_array()) return {};
  return {list->begin(), list->end()};
}

class Recogniser {
 public:
  explicit Recogniser(const std::string& file) : file_(file) {}

  Steps steps(const Json& pre_tokenizer) {
    Steps out;
    for (const Json& part : parts(pre_tokenizer)) {
      const std::string type = part.is_object() ? text(part, "type") : "";
      if (type == "Split") {
        out.push_back(regex_of(part));
      } else if (type == "Digits") {
        if (!flag(part, "individual_digits", false)) refuse("Digits that stay together");
        out.emplace_back(kDigits);
      } else if (type == "ByteLevel") {
        if (flag(part, "add_prefix_space", true)) refuse("ByteLevel with add_prefix_space");
        if (flag(part, "use_regex", true)) out.emplace_back(kGpt2);
      } else {
        refuse(concat("a step of type ", quote(type)));
      }
    }
    return out;
  }

 private:
  std::string regex_of(const Json& split) const {
    const auto pattern = split.find("pattern");
    const std::string regex =
        pattern != split.end() && pattern->is_object() ? text(*pattern, "Regex") : "";
    if (regex.empty()) refuse("a Split that is not by a regular expression");
    const std::string behavior = text(split, "behavior");
    if (behavior != "Isolated" || flag(split, "invert", false)) {
      refuse(concat("a Split of behavior ", quote(behavior),
                    flag(split, "invert", false) ? ", inverted" : ""));
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

std::string recognise_pre_tokenizer(const Json& pre_tokenizer, bool whole_words,
                                    const std::string& file) {
  const Steps steps = Recogniser(file).steps(pre_tokenizer);
  for (const Known& row : known()) {
    if (row.whole_words == whole_words && std::ranges::equal(row.steps, steps)) {
      return std::string(row.name);
    }
  }
  std::string list;
  for (const std::string& step : steps) list += "\n  " + step;
  fail(Code::kUnsupported, file, ": pre_tokenizer: splits text in a way that is not known",
       whole_words ? ", with" : ", without", " ignore_merges, by", list,
       "\nif you know a pre-tokenizer of GGUF that splits alike, name it with --pre");
}

bool is_byte_level(const Json& pre_tokenizer) {
  return std::ranges::any_of(parts(pre_tokenizer), [](const Json& part) {
    return part.is_object() && text(part, "type") == "ByteLevel";
  });
}

}  // namespace cria::convert
