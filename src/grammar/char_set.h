#pragma once
// Sets of Unicode characters. Surrogates are no characters and never in one.

#include <span>
#include <string>
#include <vector>

namespace cria::grammar {

struct CharRange {
  char32_t first, last;
  bool operator==(const CharRange&) const = default;
};

constexpr char32_t kLastChar = 0x10ffff;

class CharSet {
 public:
  CharSet() = default;
  // In any order; they may overlap, and reach beyond what are characters.
  explicit CharSet(std::vector<CharRange> ranges);
  static CharSet all() { return CharSet({{0, kLastChar}}); }

  // Ascending, none touching the next.
  std::span<const CharRange> ranges() const { return ranges_; }
  bool empty() const { return ranges_.empty(); }
  bool contains(char32_t c) const;
  bool operator==(const CharSet&) const = default;

  CharSet complement() const;
  friend CharSet operator|(const CharSet& a, const CharSet& b);
  friend CharSet operator-(const CharSet& a, const CharSet& b);

 private:
  std::vector<CharRange> ranges_;
};

}  // namespace cria::grammar
