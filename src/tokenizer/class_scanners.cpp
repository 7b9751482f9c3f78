// Scanners for a single class of characters; several in sequence make a pre-tokenizer.

#include <algorithm>
#include <array>

#include "tokenizer/scanner_parts.h"
#include "tokenizer/scanners.h"

namespace cria::tokenizer {
namespace {

struct Range {
  char32_t first, last;
};

// The letters that the tokenizer of DeepSeek LLM lists: those of alphabets with upper and lower
// case, though not all of Unicode's.
constexpr std::array kCasedLetters = std::to_array<Range>({
    {0x41, 0x5a},       {0x61, 0x7a},       {0xb5, 0xb5},       {0xc0, 0xd6},
    {0xd8, 0xf6},       {0xf8, 0x1ba},      {0x1bc, 0x1bf},     {0x1c4, 0x293},
    {0x295, 0x2af},     {0x370, 0x373},     {0x376, 0x377},     {0x37b, 0x37d},
    {0x37f, 0x37f},     {0x386, 0x386},     {0x388, 0x38a},     {0x38c, 0x38c},
    {0x38e, 0x3a1},     {0x3a3, 0x3f5},     {0x3f7, 0x481},     {0x48a, 0x52f},
    {0x531, 0x556},     {0x10a0, 0x10c5},   {0x13a0, 0x13f5},   {0x13f8, 0x13fd},
    {0x1c90, 0x1cba},   {0x1cbd, 0x1cbf},   {0x1d00, 0x1d2b},   {0x1d6b, 0x1d77},
    {0x1d79, 0x1d9a},   {0x1e00, 0x1f15},   {0x1f18, 0x1f1d},   {0x1f20, 0x1f45},
    {0x1f48, 0x1f4d},   {0x1f50, 0x1f57},   {0x1f59, 0x1f59},   {0x1f5b, 0x1f5b},
    {0x1f5d, 0x1f5d},   {0x1f5f, 0x1f7d},   {0x1f80, 0x1fb4},   {0x1fb6, 0x1fbc},
    {0x1fbe, 0x1fbe},   {0x1fc2, 0x1fc4},   {0x1fc6, 0x1fcc},   {0x1fd0, 0x1fd3},
    {0x1fd6, 0x1fdb},   {0x1fe0, 0x1fec},   {0x1ff2, 0x1ff4},   {0x1ff6, 0x1ffc},
    {0x2102, 0x2102},   {0x2107, 0x2107},   {0x210a, 0x2113},   {0x2115, 0x2115},
    {0x2119, 0x211d},   {0x2124, 0x2124},   {0x2126, 0x2126},   {0x2128, 0x2128},
    {0x212a, 0x212d},   {0x212f, 0x2134},   {0x2139, 0x2139},   {0x213c, 0x213f},
    {0x2145, 0x2149},   {0x214e, 0x214e},   {0x2183, 0x2184},   {0x2c00, 0x2c7b},
    {0x2c7e, 0x2ce4},   {0x2ceb, 0x2cee},   {0x2cf2, 0x2cf3},   {0xa640, 0xa66d},
    {0xa680, 0xa69b},   {0xa722, 0xa76f},   {0xa771, 0xa787},   {0xa78b, 0xa78e},
    {0xab70, 0xabbf},   {0xfb00, 0xfb06},   {0xfb13, 0xfb17},   {0xff21, 0xff3a},
    {0xff41, 0xff5a},   {0x10400, 0x1044f}, {0x104b0, 0x104d3}, {0x104d8, 0x104fb},
    {0x10c80, 0x10cb2}, {0x10cc0, 0x10cf2}, {0x118a0, 0x118df}, {0x1e900, 0x1e943},
});

constexpr std::array kDeepseekPunctuation = std::to_array<Range>({{0x21, 0x2f},
                                                                  {0x3a, 0x7e},
                                                                  {0x2018, 0x201f},
                                                                  {0x3000, 0x3002},
                                                                  {0xff01, 0xff0f},
                                                                  {0xff1a, 0xff5e}});
constexpr std::array kEastAsian = std::to_array<Range>({{0x800, 0x9fa5}, {0xac00, 0xd7ff}});
constexpr std::array kIdeographsAndKana =
    std::to_array<Range>({{0x3040, 0x30ff}, {0x4e00, 0x9fa5}});

// \p{Han}
constexpr std::array kHan = std::to_array<Range>({
    {0x2e80, 0x2e99},
    {0x2e9b, 0x2ef3},
    {0x2f00, 0x2fd5},
    {0x3005, 0x3005},
    {0x3007, 0x3007},
    {0x3021, 0x3029},
    {0x3038, 0x303b},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xf900, 0xfa6d},
    {0xfa70, 0xfad9},
    {0x16fe2, 0x16fe3},
    {0x16ff0, 0x16ff1},
    {0x20000, 0x2a6df},
    {0x2a700, 0x2ebe0},
    {0x2f800, 0x2fa1d},
    {0x30000, 0x323af},
});
// What words end at in Bloom's pattern, besides spaces.
constexpr std::array kBloomStops = std::to_array<Range>({{'!', '!'},
                                                         {'(', ')'},
                                                         {',', ','},
                                                         {'.', '.'},
                                                         {'?', '?'},
                                                         {'|', '|'},
                                                         {0x60c, 0x60c},
                                                         {0x6d4, 0x6d4},
                                                         {0x964, 0x964},
                                                         {0x2026, 0x2026},
                                                         {0x3001, 0x3002},
                                                         {0xff0c, 0xff0c}});

template <size_t kCount>
bool contains(const std::array<Range, kCount>& ranges, char32_t value) {
  const auto* after =
      std::upper_bound(ranges.begin(), ranges.end(), value,
                       [](char32_t v, const Range& range) { return v < range.first; });
  return after != ranges.begin() && value <= (after - 1)->last;
}

template <const auto& kRanges>
bool in_ranges(const Rune& rune) {
  return contains(kRanges, rune.value);
}

template <Classes kClasses>
bool in_classes(const Rune& rune) {
  return rune.classes & kClasses;
}

// kIn+
template <auto kIn>
size_t match_run(std::string_view text, size_t position) {
  while (position < text.size()) {
    const Rune rune = rune_at(text, position);
    if (!kIn(rune)) break;
    position += rune.length;
  }
  return position;
}

// \s?kIn+
template <auto kIn>
size_t match_spaced_run(std::string_view text, size_t position) {
  const Rune first = rune_at(text, position);
  if (first.classes & kSpace) {
    const size_t begin = position + first.length;
    const size_t end = match_run<kIn>(text, begin);
    if (end > begin) return end;
  }
  return match_run<kIn>(text, position);
}

size_t match_newline(std::string_view text, size_t position) {
  return position + (text[position] == '\r' || text[position] == '\n');
}

bool is_in_bloom_word(const Rune& rune) {
  return !(rune.classes & kSpace) && !contains(kBloomStops, rune.value);
}

size_t match_bloom(std::string_view text, size_t position) {
  const size_t begin = position + (text[position] == ' ');
  const size_t end = match_run<is_in_bloom_word>(text, begin);
  return end > begin ? end : position;
}

// Characters that are numbers once each byte is a character: the digits and the superscripts and
// fractions of Latin-1.
bool is_number_byte(char c) {
  constexpr std::string_view kNumbers = "0123456789\xb2\xb3\xb9\xbc\xbd\xbe";
  return kNumbers.find(c) != std::string_view::npos;
}

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool is_han(char32_t value) { return contains(kHan, value); }

size_t match_han(std::string_view text, size_t position) {
  return match_run<in_ranges<kHan>>(text, position);
}

Span scan_lines(std::string_view text, size_t from) {
  const bool is_break = from < text.size() && text[from] == '\n';
  const size_t end = is_break ? text.find_first_not_of('\n', from) : text.find('\n', from);
  return {from, std::min(end, text.size())};
}

Span scan_digits(std::string_view text, size_t from) {
  return find_next(text, from, match_run<in_classes<kNumber>>);
}

Span scan_thousands(std::string_view text, size_t from) {
  if (!has(text, from, kNumber)) return {text.size(), text.size()};
  if (from > 0) return {from, match_numbers(text, from, 3)};  // behind the first group
  size_t count = 0;
  for (size_t i = 0; has(text, i, kNumber); i += rune_at(text, i).length) ++count;
  const size_t odd = count % 3;
  return {from, match_numbers(text, from, odd == 0 ? 3 : static_cast<int>(odd))};
}

Span scan_bloom(std::string_view text, size_t from) { return find_next(text, from, match_bloom); }

Span scan_newline(std::string_view text, size_t from) {
  return find_next(text, from, match_newline);
}

Span scan_digit(std::string_view text, size_t from) {
  return find_next(text, from, [](std::string_view t, size_t p) { return match_numbers(t, p, 1); });
}

Span scan_three_digits(std::string_view text, size_t from) {
  return find_next(text, from, [](std::string_view t, size_t p) { return match_numbers(t, p, 3); });
}

Span scan_letters(std::string_view text, size_t from) {
  return find_next(text, from, match_spaced_run<in_classes<kLetter>>);
}

Span scan_cased_letters(std::string_view text, size_t from) {
  return find_next(text, from, match_spaced_run<in_ranges<kCasedLetters>>);
}

Span scan_punctuation(std::string_view text, size_t from) {
  return find_next(text, from, match_spaced_run<in_classes<kPunctuation>>);
}

Span scan_deepseek_punctuation(std::string_view text, size_t from) {
  return find_next(text, from, match_spaced_run<in_ranges<kDeepseekPunctuation>>);
}

Span scan_east_asian(std::string_view text, size_t from) {
  return find_next(text, from, match_run<in_ranges<kEastAsian>>);
}

Span scan_ideographs_and_kana(std::string_view text, size_t from) {
  return find_next(text, from, match_run<in_ranges<kIdeographsAndKana>>);
}

// One pass over the whole text: a search that tried every position would be quadratic in long runs
// of spaces.
Span scan_trailing_spaces(std::string_view text, size_t from) {
  size_t begin = from;  // of the run of spaces that reaches as far as `from`
  while (from < text.size()) {
    const Rune rune = rune_at(text, from);
    from += rune.length;
    if (!(rune.classes & kSpace)) begin = from;
  }
  return {begin, text.size()};
}

Span scan_number_bytes(std::string_view text, size_t from) {
  const auto* begin = std::find_if(text.begin() + from, text.end(), is_number_byte);
  const auto* end = std::find_if_not(begin, text.end(), is_number_byte);
  return {static_cast<size_t>(begin - text.begin()), static_cast<size_t>(end - text.begin())};
}

Span scan_ascii_digit_triple(std::string_view text, size_t from) {
  for (; from + 3 <= text.size(); ++from) {
    const std::string_view triple = text.substr(from, 3);
    if (std::all_of(triple.begin(), triple.end(), is_ascii_digit)) return {from, from + 3};
  }
  return {text.size(), text.size()};
}

}  // namespace cria::tokenizer
