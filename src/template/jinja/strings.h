#pragma once
// Python's operations on texts, by characters: a byte that is no UTF-8 counts as one. What they
// give knows where each stretch of it comes from.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "template/common/limits.h"
#include "template/common/unicode.h"
#include "template/marked_text.h"

namespace cria::jinja {

using chat::MarkedText;

enum class Side { kBoth, kLeft, kRight };

bool is_space(char32_t code);
// What str.strip() leaves; with `characters`, of those.
std::string_view strip(std::string_view text, Side side,
                       std::optional<std::string_view> characters = std::nullopt);
MarkedText strip(const MarkedText& text, Side side,
                 std::optional<std::string_view> characters = std::nullopt);

// Offsets of the characters, and the size of the text at the end.
std::vector<size_t> offsets(std::string_view text);
int64_t length(std::string_view text);
// The bytes of so many characters, or all.
size_t bytes_of(std::string_view text, int64_t characters);

MarkedText joined(const std::vector<MarkedText>& texts, const MarkedText& between);
MarkedText repeated(const MarkedText& text, int64_t count);
// A negative limit is none. `from` may be empty: then between all characters.
MarkedText replaced(const MarkedText& text, std::string_view from, const MarkedText& to,
                    int64_t limit);
// Texts of their own that a text is cut into: each takes some memory, however short it is.
inline void count_pieces(size_t count, chat::Budget& budget) {
  budget.step(16 * static_cast<int64_t>(count));
}
// Each part counts before it is made. `separator` is not empty.
std::vector<MarkedText> split(const MarkedText& text, std::string_view separator, int64_t limit,
                              Side from, chat::Budget& budget);
std::vector<MarkedText> split_words(const MarkedText& text, int64_t limit, Side from,
                                    chat::Budget& budget);
std::vector<MarkedText> split_lines(const MarkedText& text, bool keeps_ends, chat::Budget& budget);

// change(code, previous) gives the new text of a character.
MarkedText mapped(const MarkedText& text,
                  const std::function<void(std::string& out, char32_t code)>& change);
MarkedText upper(const MarkedText& text);
MarkedText lower(const MarkedText& text);
MarkedText capitalized(const MarkedText& text);
MarkedText swapped_case(const MarkedText& text);
MarkedText titled(const MarkedText& text);  // str.title()

// To a width in characters, with spaces of the template's own.
MarkedText padded(const MarkedText& text, int64_t left, int64_t right, std::string_view fill = " ",
                  bool is_special = true);

}  // namespace cria::jinja
