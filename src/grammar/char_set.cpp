#include "grammar/char_set.h"

#include <algorithm>

namespace cria::grammar {
namespace {

constexpr CharRange kSurrogates{0xd800, 0xdfff};

// Without what are no characters.
void append_valid(CharRange range, std::vector<CharRange>& to) {
  range.last = std::min(range.last, kLastChar);
  if (range.first > range.last) return;
  if (range.last < kSurrogates.first || range.first > kSurrogates.last) {
    to.push_back(range);
    return;
  }
  if (range.first < kSurrogates.first) to.push_back({range.first, kSurrogates.first - 1});
  if (range.last > kSurrogates.last) to.push_back({kSurrogates.last + 1, range.last});
}

}  // namespace

CharSet::CharSet(std::vector<CharRange> ranges) {
  std::vector<CharRange> valid;
  for (const CharRange& range : ranges) append_valid(range, valid);
  std::ranges::sort(valid, {}, &CharRange::first);
  for (const CharRange& range : valid) {
    if (!ranges_.empty() && range.first <= ranges_.back().last + 1) {
      ranges_.back().last = std::max(ranges_.back().last, range.last);
    } else {
      ranges_.push_back(range);
    }
  }
}

bool CharSet::contains(char32_t c) const {
  const auto after = std::ranges::upper_bound(ranges_, c, {}, &CharRange::first);
  return after != ranges_.begin() && c <= std::prev(after)->last;
}

CharSet CharSet::complement() const {
  std::vector<CharRange> gaps;
  char32_t next = 0;
  for (const CharRange& range : ranges_) {
    if (next < range.first) gaps.push_back({next, range.first - 1});
    next = range.last + 1;
  }
  if (next <= kLastChar) gaps.push_back({next, kLastChar});
  return CharSet(std::move(gaps));
}

CharSet operator|(const CharSet& a, const CharSet& b) {
  std::vector<CharRange> ranges = a.ranges_;
  ranges.insert(ranges.end(), b.ranges_.begin(), b.ranges_.end());
  return CharSet(std::move(ranges));
}

CharSet operator-(const CharSet& a, const CharSet& b) { return (a.complement() | b).complement(); }

}  // namespace cria::grammar
