#include "convert/space_rules.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "base/base64.h"
#include "base/error.h"
#include "base/quote.h"
#include "convert/json_parts.h"
#include "tokenizer/charsmap.h"
#include "tokenizer/space_mark.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  SpaceRules read(const Json& normalizer, const Json& pre_tokenizer) {
    for (const Json& step : steps_of(normalizer, "normalizers")) normalize(step);
    for (const Json& step : steps_of(pre_tokenizer, "pretokenizers")) pre_tokenize(step);
    return std::move(rules_);
  }

 private:
  void normalize(const Json& step) {
    const std::string type = type_of(step);
    if (type == "Precompiled" && is_first_) {
      read_charsmap(part(step, "precompiled_charsmap"));
    } else if (type == "Strip" && flag_of(step, "strip_right", true)) {
      // At the left the prefix takes what is left of them.
      rules_.removes_ends = rules_.drops_white_space = true;
    } else if (type == "Replace") {
      replace(step);
    } else if (type == "Prepend" && text_of(step, "prepend") == kMark) {
      rules_.adds_prefix = rules_.after_specials = true;
    } else {
      refuse("normalizer", step);
    }
    is_first_ = false;
  }

  void replace(const Json& step) {
    const Json& pattern = part(step, "pattern");
    const std::string from = text_of(pattern, "String"), regex = text_of(pattern, "Regex");
    const std::string to = text_of(step, "content");
    if ((from == " " || regex == " ") && to == kMark) {
      rules_.marks_spaces = true;
    } else if (regex == " {2,}" && (to == " " || to == kMark)) {
      rules_.joins_runs = true;
    } else if (regex == "\\A +| +\\z" && to.empty()) {
      rules_.removes_ends = true;
    } else if (regex == concat("\\A", kMark) && to == concat(kMark, kMark)) {
      doubles_first_ = true;
    } else {
      refuse("normalizer", step);
    }
  }

  void read_charsmap(const Json& charsmap) {
    if (charsmap.is_null()) return;
    const std::optional<std::string> bytes =
        charsmap.is_string() ? decode_base64(charsmap.get<std::string>()) : std::nullopt;
    if (!bytes) {
      fail(Code::kCorrupt, file_, ": normalizer: precompiled_charsmap is ", describe(charsmap),
           ", expected Base64");
    }
    rules_.charsmap = *bytes;
  }

  void pre_tokenize(const Json& step) {
    const std::string type = type_of(step);
    if (type == "WhitespaceSplit") {
      rules_.removes_ends = rules_.joins_runs = rules_.drops_white_space = true;
    } else if (type == "Metaspace" && text_of(step, "replacement") == kMark) {
      const std::string fallback = flag_of(step, "add_prefix_space", true) ? "always" : "never";
      const std::string scheme =
          part(step, "prepend_scheme").is_string() ? text_of(step, "prepend_scheme") : fallback;
      rules_.marks_spaces = true;
      rules_.adds_prefix = scheme != "never";
      rules_.after_specials = scheme == "always";
      rules_.only_if_missing = !doubles_first_;
      rules_.splits_words = flag_of(step, "split", true);
    } else if (!is_idle_split(step)) {
      refuse("pre_tokenizer", step);
    }
  }

  // Gemma's files split at spaces, of which none are left by then.
  bool is_idle_split(const Json& step) const {
    const Json& pattern = part(step, "pattern");
    return type_of(step) == "Split" && rules_.marks_spaces &&
           (text_of(pattern, "String") == " " || text_of(pattern, "Regex") == " ");
  }

  [[noreturn]] void refuse(const char* where, const Json& step) const {
    fail(Code::kUnsupported, file_, ": ", where, ": has a step ", quote(type_of(step)),
         " that GGUF cannot say of a SentencePiece vocabulary: ", quote(step.dump()));
  }

  static constexpr std::string_view kMark = tokenizer::kSpaceMark;

  const std::string& file_;
  SpaceRules rules_;
  bool is_first_ = true, doubles_first_ = false;
};

}  // namespace

SpaceRules read_space_rules(const Json& normalizer, const Json& pre_tokenizer,
                            const std::string& file) {
  SpaceRules rules = Reader(file).read(normalizer, pre_tokenizer);
  try {
    const tokenizer::Charsmap map(rules.charsmap);
    const auto is_space = [&](const char* text) { return map.longest(text).replacement == " "; };
    // These stand for all of it, and maps have either both or none.
    rules.drops_white_space = rules.drops_white_space && !(is_space("\n") && is_space("\t"));
  } catch (const Error& error) {
    fail(error.code(), file, ": normalizer: ", error.what());
  }
  return rules;
}

}  // namespace cria::convert
