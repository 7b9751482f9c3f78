#pragma once
// Numbers as Go's fmt and strconv write them.

#include <cstdint>
#include <optional>
#include <string>

namespace cria::go {

// What stands in a directive before its verb: "%+08.3f".
struct Flags {
  bool minus = false, plus = false, sharp = false, space = false, zero = false;
  bool plus_v = false, sharp_v = false;  // of "%+v" and "%#v"
  std::optional<int> width{}, precision{};

  bool fills_with_zeros() const { return zero && !minus; }
};

// Without padding but for zeros. The verb is one of v, d, b, o, O, x, X.
std::string integer_text(uint64_t magnitude, bool is_negative, char verb, const Flags& flags);
// "U+0041 'A'".
std::string code_point_text(uint64_t code, const Flags& flags);
// The verb is one of v, b, e, E, f, F, g, G, x, X.
std::string real_text(double number, char verb, const Flags& flags);

// What both are made of.
const char* sign_text(bool is_negative, const Flags& flags);
void make_upper(std::string& text);
void fill(std::string& digits, size_t size);  // with zeros, up to a size

// Of a finite number: the fewest digits that give it back, and the place of the point before them,
// 0.DIGITS * 10^point.
struct Digits {
  std::string digits;
  int point = 0;
};
Digits shortest_digits(double number);
std::string fixed_text(const Digits& digits);       // 1250
std::string scientific_text(const Digits& digits);  // 1.25e+03

}  // namespace cria::go
