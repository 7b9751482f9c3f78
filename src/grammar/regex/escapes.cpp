#include "grammar/regex/escapes.h"

namespace cria::grammar {
namespace {

CharSet digits() { return CharSet({{'0', '9'}}); }
CharSet word_characters() { return CharSet({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}); }
// ECMAScript's WhiteSpace and LineTerminator.
CharSet spaces() {
  return CharSet({{'\t', '\r'},
                  {' ', ' '},
                  {0xa0, 0xa0},
                  {0x1680, 0x1680},
                  {0x2000, 0x200a},
                  {0x2028, 0x2029},
                  {0x202f, 0x202f},
                  {0x205f, 0x205f},
                  {0x3000, 0x3000},
                  {0xfeff, 0xfeff}});
}

CharSet one(char32_t c) { return CharSet({{c, c}}); }

bool is_punctuation(char c) {
  return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
         !(c >= 'A' && c <= 'Z');
}

// \uHHHH, a surrogate pair of two of them, or \u{H...}.
CharSet take_unicode(TextCursor& at, const TextCursor& start) {
  char32_t c = 0;
  if (at.take("{")) {
    do {
      c = c << 4 | at.take_hex(1);
      if (c > kLastChar) start.wrong("no Unicode character has this number");
    } while (!at.take("}"));
  } else {
    c = at.take_hex(4);
    const bool is_high = c >= 0xd800 && c < 0xdc00;
    if (is_high && at.take("\\u")) {
      const char32_t low = at.take_hex(4);
      if (low < 0xdc00 || low > 0xdfff) start.wrong("a surrogate without its other half");
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  if (!CharSet::all().contains(c)) start.wrong("no Unicode character has this number");
  return one(c);
}

}  // namespace

CharSet line_terminators() { return CharSet({{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}); }

CharSet take_escape(TextCursor& at, EscapePlace place) {
  const TextCursor start = at;
  if (at.at_end()) at.expected("an escaped character");
  const char kind = at.peek();
  if (is_punctuation(kind)) {
    at.advance();
    return one(static_cast<char32_t>(kind));
  }
  at.advance();
  switch (kind) {
    case 'd':
      return digits();
    case 'D':
      return digits().complement();
    case 'w':
      return word_characters();
    case 'W':
      return word_characters().complement();
    case 's':
      return spaces();
    case 'S':
      return spaces().complement();
    case 't':
      return one('\t');
    case 'n':
      return one('\n');
    case 'v':
      return one('\v');
    case 'f':
      return one('\f');
    case 'r':
      return one('\r');
    case '0':
      if (at.peek() >= '0' && at.peek() <= '9') start.wrong("octal escapes do not exist");
      return one(0);
    case 'x':
      return one(at.take_hex(2));
    case 'u':
      return take_unicode(at, start);
    case 'c': {
      const char letter = static_cast<char>(at.peek() | 0x20);
      if (letter < 'a' || letter > 'z') at.expected("a letter behind \\c");
      at.advance();
      return one(static_cast<char32_t>(letter - 'a' + 1));
    }
    case 'b':
      if (place == EscapePlace::kInClass) return one('\b');
      start.unsupported("boundaries of words are not supported");
    case 'B':
      start.unsupported("boundaries of words are not supported");
    case 'p':
    case 'P':
      start.unsupported("Unicode properties are not supported");
    case 'k':
      start.unsupported("references back are not supported");
    default:
      if (kind >= '1' && kind <= '9') start.unsupported("references back are not supported");
      start.wrong(concat(quote(std::string_view(&kind, 1)), " means nothing behind a backslash"));
  }
}

}  // namespace cria::grammar
