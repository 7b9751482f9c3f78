#include "grammar/utf8.h"

#include "base/utf8.h"

namespace cria::grammar {
namespace {

constexpr std::array<char32_t, 4> kLastOfLength{0x7f, 0x7ff, 0xffff, kLastChar};
constexpr char32_t kBits = 6;  // of a byte after the first

size_t utf8_length(char32_t c) {
  size_t length = 1;
  while (c > kLastOfLength[length - 1]) ++length;
  return length;
}

std::array<uint8_t, 4> encode(char32_t c, size_t length) {
  constexpr std::array<uint8_t, 4> kMarks{0, 0xc0, 0xe0, 0xf0};
  std::array<uint8_t, 4> bytes{};
  for (size_t i = length; i-- > 1; c >>= kBits) bytes[i] = static_cast<uint8_t>(0x80 | (c & 0x3f));
  bytes[0] = static_cast<uint8_t>(kMarks[length - 1] | c);
  return bytes;
}

// Characters of one length. They are one sequence when each of the last bytes that differ at all
// takes all its values; otherwise they are cut where the byte before one changes.
void append(CharRange range, size_t length, std::vector<ByteSequence>& to) {
  for (size_t i = 1; i < length; ++i) {
    const char32_t low = (char32_t{1} << (kBits * i)) - 1;
    if ((range.first & ~low) == (range.last & ~low)) break;
    if (range.first & low) {
      append({range.first, range.first | low}, length, to);
      append({(range.first | low) + 1, range.last}, length, to);
      return;
    }
    if ((range.last & low) != low) {
      append({range.first, (range.last & ~low) - 1}, length, to);
      append({range.last & ~low, range.last}, length, to);
      return;
    }
  }
  const auto first = encode(range.first, length), last = encode(range.last, length);
  ByteSequence sequence{{}, length};
  for (size_t i = 0; i < length; ++i) sequence.ranges[i] = {first[i], last[i]};
  to.push_back(sequence);
}

}  // namespace

std::vector<ByteSequence> utf8_sequences(const CharSet& set) {
  std::vector<ByteSequence> sequences;
  for (CharRange range : set.ranges()) {
    while (range.first <= range.last) {
      const size_t length = utf8_length(range.first);
      const char32_t last = std::min(range.last, kLastOfLength[length - 1]);
      append({range.first, last}, length, sequences);
      range.first = last + 1;
    }
  }
  return sequences;
}

std::optional<char32_t> take_utf8(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto lead = static_cast<uint8_t>(text[0]);
  if (lead < 0x80) {
    text.remove_prefix(1);
    return lead;
  }
  const size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (text.size() < length) return std::nullopt;
  constexpr std::array<char32_t, 4> kPayload{0x7f, 0x1f, 0x0f, 0x07};
  char32_t c = lead & kPayload[length - 1];
  for (size_t i = 1; i < length; ++i) c = c << kBits | (static_cast<uint8_t>(text[i]) & 0x3f);
  std::string again;
  const bool is_char = CharSet::all().contains(c);
  if (is_char) append_utf8(again, c);
  if (again != text.substr(0, length)) return std::nullopt;
  text.remove_prefix(length);
  return c;
}

}  // namespace cria::grammar
