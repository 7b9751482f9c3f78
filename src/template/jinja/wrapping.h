#pragma once
// Python's textwrap, and markup taken out of texts.

#include <cstdint>
#include <vector>

#include "template/common/limits.h"
#include "template/marked_text.h"

namespace cria::jinja {

using chat::MarkedText;

struct WrapStyle {
  int64_t width = 79;  // in characters
  bool breaks_long_words = true;
  bool breaks_on_hyphens = true;
};

// The lines of a paragraph.
std::vector<MarkedText> wrapped(const MarkedText& text, const WrapStyle& style);

// Without comments and tags of HTML, single spaces between words, entities resolved where they are
// of the five that escape() makes.
MarkedText without_tags(const MarkedText& text, chat::Budget& budget);

}  // namespace cria::jinja
