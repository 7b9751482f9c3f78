#pragma once
// The patterns that pre-tokenizers are made of, as functions that find the next match. The regular
// expressions in the comments are those of the models' own tokenizer files; `(?i:'s|...)` stands
// for the English contractions.

#include <cstddef>
#include <string_view>

#include "tokenizer/pre_tokenizer.h"

namespace cria::tokenizer {

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
Span scan_gpt2(std::string_view text, size_t from);

// (?i:'s|...)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|
// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
Span scan_llama3(std::string_view text, size_t from);
// The same with \p{N}.
Span scan_qwen2(std::string_view text, size_t from);

// The same as qwen2 with [\p{L}\p{M}] for \p{L}.
Span scan_qwen35(std::string_view text, size_t from);
// The same as qwen2 without [\r\n]*.
Span scan_seed_coder(std::string_view text, size_t from);

// With U = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and L = [\p{Ll}\p{Lm}\p{Lo}\p{M}]:
// [^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*|\p{N}|
// ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
Span scan_tekken(std::string_view text, size_t from);
// The same with \p{N}{1,3}, and words take (?i:'s|...)? along.
Span scan_gpt4o(std::string_view text, size_t from);
// \p{Han}+ or the same without \p{Han} in U and L, and without slashes.
Span scan_kimi(std::string_view text, size_t from);

// [!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|
// ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
Span scan_deepseek_v3(std::string_view text, size_t from);

// Simple classes, used in sequence.
Span scan_newline(std::string_view text, size_t from);       // [\r\n]
Span scan_digit(std::string_view text, size_t from);         // \p{N}
Span scan_three_digits(std::string_view text, size_t from);  // \p{N}{1,3}
Span scan_letters(std::string_view text, size_t from);       // \s?\p{L}+
Span scan_cased_letters(std::string_view text,
                        size_t from);  // \s?[A-Za-z...]+: letters of alphabets with case
Span scan_punctuation(std::string_view text, size_t from);           // \s?\p{P}+
Span scan_deepseek_punctuation(std::string_view text, size_t from);  // \s?[!-/:-~...]+
Span scan_trailing_spaces(std::string_view text, size_t from);       // \s+$
Span scan_east_asian(std::string_view text, size_t from);  // [U+0800-U+9FA5 U+AC00-U+D7FF]+
Span scan_ideographs_and_kana(std::string_view text,
                              size_t from);  // [U+4E00-U+9FA5 U+3040-U+30FF]+
Span scan_ascii_or_unicode_punctuation(std::string_view text,
                                       size_t from);   // [!-/:-@\[-`{-~\p{P}]+
Span scan_lines(std::string_view text, size_t from);   // [^\n]+|\n+
Span scan_digits(std::string_view text, size_t from);  // \p{N}+
// Of numbers only: parts them where a multiple of three digits follows, (?=(\d{3})+(?!\d)).
Span scan_thousands(std::string_view text, size_t from);
//  ?[^(\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+
Span scan_bloom(std::string_view text, size_t from);
Span scan_number_bytes(std::string_view text, size_t from);        // \p{N}+ in the byte alphabet
Span scan_ascii_digit_triple(std::string_view text, size_t from);  // [0-9][0-9][0-9]

}  // namespace cria::tokenizer
