#pragma once
// What stands behind a backslash in a regular expression.

#include "grammar/char_set.h"
#include "grammar/text_cursor.h"

namespace cria::grammar {

// Those that . does not match.
CharSet line_terminators();

enum class EscapePlace { kOutside, kInClass };

// Takes what follows the backslash. Unsupported: boundaries of words, references back, Unicode
// properties.
CharSet take_escape(TextCursor& at, EscapePlace place);

}  // namespace cria::grammar
