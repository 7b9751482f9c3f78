// How the tokenizers of published models split text: the ids are those that Hugging Face's own
// library gives with the same pre_tokenizer, vocabulary and merges.
#include "convert/pre_tokenizers.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "convert/test_tokenizer.h"
#include "convert/tokenizer_json.h"
#include "tests/support/expect_error.h"
#include "tokenizer/byte_level.h"

namespace cria::convert {
namespace {

using Ids = std::vector<tokenizer::Id>;

// Learnt from this text as a whole, so that most of them reach over the ends of words.
const std::vector<std::string> kMerges = {"Ã ©",
                                          "Ġ Ġ",
                                          "à ¤",
                                          "3 4",
                                          "34 5",
                                          "! č",
                                          "( Ã©",
                                          ") Ġ",
                                          "/ b",
                                          "/ Ġ",
                                          "1 Ġ",
                                          "A B",
                                          "B Ġ",
                                          "D Ġ",
                                          "a /b",
                                          "a BĠ",
                                          "c Ġ",
                                          "c DĠ",
                                          "k !č",
                                          "o k!č",
                                          "x 1Ġ",
                                          "² Â",
                                          "³ Â",
                                          "½ Ċ",
                                          "Â ²Â",
                                          "Ċ ĠĠ",
                                          "Ċ (Ã©",
                                          "Ċ /Ġ",
                                          "Ġ x1Ġ",
                                          "345 Ġx1Ġ",
                                          ")Ġ Ã©",
                                          "AB cĠ",
                                          "a/b Ċ(Ã©",
                                          "aBĠ cDĠ",
                                          "ok!č Ċ/Ġ",
                                          "³Â ½Ċ",
                                          "Â²Â ³Â½Ċ",
                                          "ĊĠĠ aBĠcDĠ",
                                          "345Ġx1Ġ Â²Â³Â½Ċ",
                                          "ABcĠ ok!čĊ/Ġ",
                                          "a/bĊ(Ã© )ĠÃ©",
                                          "ĊĠĠaBĠcDĠ ABcĠok!čĊ/Ġ",
                                          "345Ġx1ĠÂ²Â³Â½Ċ ĊĠĠaBĠcDĠABcĠok!čĊ/Ġ",
                                          "345Ġx1ĠÂ²Â³Â½ĊĊĠĠaBĠcDĠABcĠok!čĊ/Ġ a/bĊ(Ã©)ĠÃ©",
                                          "' l",
                                          "1 2",
                                          "S ĠĠ",
                                          "i t",
                                          "'l l",
                                          "SĠĠ it",
                                          "' m",
                                          "' SĠĠit",
                                          "+ -",
                                          ". e",
                                          "= [",
                                          "E R",
                                          "E 'SĠĠit",
                                          "H ER",
                                          "I 'm",
                                          "] ĉ",
                                          "a b",
                                          "d ĠĠ",
                                          "n dĠĠ",
                                          "t Ã©",
                                          "x ]ĉ",
                                          "¥ æ",
                                          "¥ į",
                                          "ª ŀ",
                                          "¬ è",
                                          "· à¤"};
constexpr const char* kText =
    "I'm HERE'S  it'll 12345 x1 ²³½\n\n  aB cD ABc ok!\r\n/ a/b\n(é) été日本語ab 한글 क्षि "
    "+-=[x]\t\t.end  ";

struct Family {
  const char* models;
  const char* pre;
  bool whole_words;  // ignore_merges
  const char* pre_tokenizer;
  Ids ids;
};

const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"GPT-2, OLMo",
       "gpt-2",
       false,
       R"json({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 260, 32,  120, 49,  32,
        280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267, 99,  32,  111, 107,
        33,  13,  10,  47,  32,  97,  47,  98,  10,  40,  256, 41,  32,  256, 319, 230, 151, 321,
        156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322, 258, 183,
        258, 191, 32,  308, 310, 120, 93,  9,   9,   46,  101, 110, 100, 257}},
      {"SmolLM 2, StarCoder 2, Granite 3, Command R7B",
       "smollm",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]})json",
       {73, 306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51,  52,
        53, 32,  120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,
        66, 32,  99,  68,  32,  267, 99,  32,  111, 107, 33,  13,  10,  47,  32,  97,
        47, 98,  10,  40,  256, 41,  32,  256, 319, 230, 151, 321, 156, 324, 323, 316,
        32, 237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322, 258, 183, 258, 191,
        32, 308, 310, 120, 93,  9,   9,   46,  101, 110, 100, 257}},
      {"Llama 3, SmolLM 3, LFM 2, GLM 4",
       "llama-bpe",
       true,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,
        120, 49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267,
        99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319, 230,
        151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224,
        322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"OLMo 2, Phi 4, Granite 4",
       "dbrx",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Removed", "invert": true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,
        120, 49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267,
        99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319, 230,
        151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224,
        322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"GPT-4's spelling",
       "dbrx",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,
        120, 49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267,
        99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319, 230,
        151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224,
        322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"Qwen 2 and 3, StableLM 2",
       "qwen2",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51,  52,  53,  32,
        120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,
        32,  267, 99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319,
        230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224,
        322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"LLaDA, Bailing",
       "bailingmoe",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51,  52,  53,  32,
        120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,
        32,  267, 99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319,
        230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224,
        322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"Qwen 3.5",
       "qwen35",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51, 52,  53,  32,
        120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,  66, 32,  99,  68,
        32,  267, 99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41, 32,  256, 319,
        230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32, 258, 149, 224,
        322, 258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"Seed Coder",
       "seed-coder",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\r\n]+|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51,  52,  53,  32,
        120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,
        32,  267, 99,  32,  111, 107, 33,  13,  10,  47,  32,  97,  264, 10,  262, 41,  32,  256,
        319, 230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149,
        224, 322, 258, 183, 258, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"Mistral Nemo",
       "tekken",
       true,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  49,  50,  51, 52,  53,  32,
        120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,  97,  66, 32,  99,  68,
        32,  267, 99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41, 32,  256, 319,
        230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32, 258, 149, 224,
        322, 258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"gpt-oss",
       "gpt-4o",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {314, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,  120,
        49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267, 99,
        32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319, 230, 151,
        321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322,
        258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"MiniMax M2",
       "gpt-4o",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Removed", "invert": true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {314, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,  120,
        49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267, 99,
        32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  262, 41,  32,  256, 319, 230, 151,
        321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322,
        258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"DeepSeek V2",
       "deepseek-llm",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[\r\n]"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-ʓʕ-ʯͰ-ͳͶͷͻ-ͽͿΆΈ-ΊΌΎ-ΡΣ-ϵϷ-ҁҊ-ԯԱ-ՖႠ-ჅᎠ-Ᏽᏸ-ᏽᲐ-ᲺᲽ-Ჿᴀ-ᴫᵫ-ᵷᵹ-ᶚḀ-ἕἘ-Ἕἠ-ὅὈ-Ὅὐ-ὗὙὛὝὟ-ώᾀ-ᾴᾶ-ᾼιῂ-ῄῆ-ῌῐ-ΐῖ-Ίῠ-Ῥῲ-ῴῶ-ῼℂℇℊ-ℓℕℙ-ℝℤΩℨK-ℭℯ-ℴℹℼ-ℿⅅ-ⅉⅎↃↄⰀ-ⱻⱾ-ⳤⳫ-ⳮⳲⳳꙀ-ꙭꚀ-ꚛꜢ-ꝯꝱ-ꞇꞋ-ꞎꭰ-ꮿﬀ-ﬆﬓ-ﬗＡ-Ｚａ-ｚ𐐀-𐑏𐒰-𐓓𐓘-𐓻𐲀-𐲲𐳀-𐳲𑢠-𑣟𞤀-𞥃]+"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "\\s?[!-/:-~！-／：-～‘-‟　-。]+"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "\\s+$"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "[一-龥ࠀ-一가-퟿]+"}, "behavior": "Isolated", "invert": false}, {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  39,  109, 32,  313, 69,  39,  83,  32,  32,  303, 39,  108, 108, 32,  49,
        50,  51,  52,  53,  32,  120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,
        32,  32,  97,  66,  32,  99,  68,  32,  267, 99,  32,  111, 107, 33,  13,  10,
        47,  32,  97,  47,  98,  10,  40,  256, 41,  32,  256, 116, 256, 230, 151, 321,
        156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322,
        258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   46,  101, 110, 100, 257}},
      {"DeepSeek Coder",
       "deepseek-coder",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[\r\n]"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "\\s?\\p{L}+"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "\\s?\\p{P}+"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "[一-龥ࠀ-一가-퟿]+"}, "behavior": "Isolated", "invert": false}, {"type": "Digits", "individual_digits": true}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  39,  109, 32,  313, 69,  39,  83,  32,  32,  303, 39,  108, 108, 32,  49,  50,
        51,  52,  53,  32,  120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,  32,
        97,  66,  32,  99,  68,  32,  267, 99,  32,  111, 107, 33,  13,  10,  47,  32,  97,
        47,  98,  10,  40,  256, 41,  32,  256, 319, 230, 151, 321, 156, 324, 323, 316, 32,
        237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322, 258, 183, 258, 191, 32,  43,
        45,  61,  91,  120, 93,  9,   9,   46,  101, 110, 100, 257}},
      {"DeepSeek V3",
       "deepseek-v3",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "[一-龥぀-ゟ゠-ヿ]+"}, "behavior": "Isolated", "invert": false}, {"type": "Split", "pattern": {"Regex": "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"}, "behavior": "Isolated", "invert": false}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]})json",
       {73,  306, 32,  313, 69,  39,  83,  32,  32,  303, 304, 32,  301, 51,  52,  53,  32,
        120, 49,  32,  280, 278, 189, 10,  10,  32,  32,  97,  66,  32,  99,  68,  32,  267,
        99,  32,  111, 107, 261, 10,  47,  32,  97,  264, 10,  40,  256, 41,  32,  256, 319,
        230, 151, 321, 156, 324, 323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149,
        224, 322, 258, 325, 191, 32,  308, 310, 120, 93,  9,   9,   309, 110, 100, 257}},
      {"Falcon",
       "falcon",
       false,
       R"json({"type": "Sequence", "pretokenizers": [{"type": "Punctuation", "behavior": "Contiguous"}, {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}, {"type": "Digits", "individual_digits": false}, {"type": "Split", "pattern": {"Regex": "[0-9][0-9][0-9]"}, "behavior": "Isolated", "invert": false}]})json",
       {73,  39,  109, 32,  313, 69,  39,  83,  32,  32,  303, 39,  108, 108, 32,  301,
        51,  52,  53,  32,  120, 49,  32,  194, 178, 194, 179, 194, 189, 10,  10,  32,
        32,  97,  66,  32,  99,  68,  32,  267, 99,  32,  111, 107, 33,  13,  10,  47,
        32,  97,  47,  98,  10,  40,  256, 41,  32,  256, 319, 230, 151, 321, 156, 324,
        323, 316, 32,  237, 149, 156, 234, 184, 128, 32,  258, 149, 224, 322, 258, 183,
        258, 191, 32,  308, 310, 120, 93,  9,   9,   46,  101, 110, 100, 257}},
  };
  return all;
}

Json tokenizer_json(const Json& pre_tokenizer, bool whole_words) {
  Json vocab = Json::object();
  for (int byte = 0; byte < 256; ++byte) {
    vocab[tokenizer::to_byte_alphabet(std::string(1, static_cast<char>(byte)))] = byte;
  }
  int id = 256;
  for (std::string joined : kMerges) vocab[joined.erase(joined.find(' '), 1)] = id++;
  return {
      {"pre_tokenizer", pre_tokenizer},
      {"model",
       {{"type", "BPE"}, {"ignore_merges", whole_words}, {"vocab", vocab}, {"merges", kMerges}}}};
}

Vocabulary imported(const Json& json) {
  // Parsed, as numbers are of other types then.
  return read_tokenizer_json(Json::parse(json.dump()), "tokenizer.json",
                             256 + static_cast<int64_t>(kMerges.size()), "");
}

TEST(PreTokenizers, SplitAsTheOriginalsDo) {
  for (const Family& family : families()) {
    SCOPED_TRACE(family.models);
    const Vocabulary vocabulary =
        imported(tokenizer_json(Json::parse(family.pre_tokenizer), family.whole_words));
    EXPECT_EQ(vocabulary.pre, family.pre);
    EXPECT_TRUE(vocabulary.notices.empty());
    EXPECT_EQ(test::written(vocabulary)->encode(kText), family.ids);
  }
}

// Where merges make every token, it does not matter whether words are looked up first.
TEST(PreTokenizers, TellWhenLookingUpWordsMakesADifference) {
  const Json harmony = Json::parse(families()[10].pre_tokenizer);
  Json json = tokenizer_json(harmony, true);
  EXPECT_EQ(imported(json).pre, "gpt-4o");
  EXPECT_TRUE(imported(json).notices.empty());
  json["model"]["merges"].erase(json["model"]["merges"].end() - 1);
  const Vocabulary vocabulary = imported(json);
  ASSERT_EQ(vocabulary.notices.size(), 1u);
  EXPECT_NE(vocabulary.notices[0].find("1 tokens"), std::string::npos) << vocabulary.notices[0];
}

TEST(PreTokenizers, RefuseWhatSplitsInOtherWays) {
  const auto refused = [](const char* pointer, const Json& value, const char* complaint) {
    Json json = tokenizer_json(Json::parse(families()[2].pre_tokenizer), true);
    json["pre_tokenizer"][Json::json_pointer(pointer)] = value;
    cria::test::expect_error([&] { imported(json); }, Error::Code::kUnsupported,
                             {"tokenizer.json: pre_tokenizer", complaint, "--pre"});
  };
  refused("/pretokenizers/0/behavior", "MergedWithNext", "behavior \"MergedWithNext\"");
  refused("/pretokenizers/0/invert", true, "inverted");
  refused("/pretokenizers/0/pattern", {{"String", " "}}, "not by a regular expression");
  refused("/pretokenizers/0/pattern/Regex", "\\p{L}+", "by\n  \\p{L}+");
  refused("/pretokenizers/0/type", "Punctuation", "Punctuation");
  refused("/pretokenizers/1/add_prefix_space", true, "add_prefix_space");
  // What does not match is dropped there.
  Json dropping = tokenizer_json(Json::parse(families()[2].pre_tokenizer), true);
  dropping["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "\\p{L}+";
  dropping["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed";
  dropping["pre_tokenizer"]["pretokenizers"][0]["invert"] = true;
  cria::test::expect_error([&] { imported(dropping); }, Error::Code::kUnsupported,
                           {"behavior \"Removed\", inverted"});
}

}  // namespace
}  // namespace cria::convert
