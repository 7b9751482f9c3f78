#include "template/jinja/wrapping.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

bool is_blank(std::string_view text) { return strip(text, Side::kBoth).empty(); }

// A word, a part of one, or the spaces between two: a place in the text.
struct Chunk {
  size_t begin, end;
  size_t blank_from;  // what stands from there on is blank
};

bool is_letter(char c) {
  return (c & 0x80) != 0 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Where a word may be cut: behind hyphens between letters.
std::vector<size_t> cuts(std::string_view word, bool on_hyphens) {
  std::vector<size_t> places;
  for (size_t i = 2; on_hyphens && i + 2 < word.size(); ++i) {
    const bool fits = word[i] == '-' && is_letter(word[i - 1]) && is_letter(word[i - 2]) &&
                      is_letter(word[i + 1]) && is_letter(word[i + 2]);
    if (fits) places.push_back(i + 1);
  }
  places.push_back(word.size());
  return places;
}

std::vector<Chunk> chunks_of(std::string_view all, bool on_hyphens) {
  const auto blank = [&](size_t i) {
    return is_space(static_cast<unsigned char>(all[i])) && (all[i] & 0x80) == 0;
  };
  std::vector<Chunk> chunks;
  const auto add = [&](size_t begin, size_t end) {
    const std::string_view solid = strip(all.substr(begin, end - begin), Side::kRight);
    chunks.push_back({begin, end, begin + solid.size()});
  };
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && blank(end) == blank(begin)) ++end;
    size_t from = begin;
    const bool has_hyphens = on_hyphens && !blank(begin);
    for (const size_t cut : cuts(all.substr(begin, end - begin), has_hyphens)) {
      add(from, begin + cut);
      from = begin + cut;
    }
    begin = end;
  }
  return chunks;
}

// How much of a word goes into a line that has room for so many characters. Nothing, when the line
// is full: spaces at its end stay then, as in Python.
size_t cut_of(std::string_view word, int64_t room, bool on_hyphens) {
  const std::string_view head = word.substr(0, bytes_of(word, room));
  const size_t hyphen = on_hyphens ? head.rfind('-') : head.npos;
  const bool is_inside = hyphen != head.npos && hyphen > 0 && head.find_first_not_of('-') < hyphen;
  return is_inside ? hyphen + 1 : head.size();
}

}  // namespace

std::vector<MarkedText> wrapped(const MarkedText& text, const WrapStyle& style) {
  const std::string_view all = text.text();
  std::vector<Chunk> chunks = chunks_of(all, style.breaks_on_hyphens);
  std::vector<MarkedText> lines;
  for (size_t i = 0; i < chunks.size();) {
    if (!lines.empty() && chunks[i].begin >= chunks[i].blank_from && ++i == chunks.size()) break;
    const auto rest = [&] { return all.substr(chunks[i].begin, chunks[i].end - chunks[i].begin); };
    // The line, and what was put into it last.
    const size_t begin = chunks[i].begin;
    size_t last = begin, end = begin;
    const auto put = [&](size_t size) {
      last = end;
      end += size;
      chunks[i].begin = end;
      if (end == chunks[i].end) ++i;
    };
    int64_t room = style.width;
    while (i < chunks.size() && bytes_of(rest(), room) == rest().size()) {
      room -= length(rest());
      put(rest().size());
    }
    if (i < chunks.size() && bytes_of(rest(), style.width) < rest().size()) {
      if (style.breaks_long_words) {
        put(cut_of(rest(), room, style.breaks_on_hyphens));
      } else if (end == begin) {
        put(rest().size());
      }
    }
    if (is_blank(all.substr(last, end - last))) end = last;
    if (end > begin) lines.push_back(text.substr(begin, end));
  }
  return lines;
}

MarkedText without_tags(const MarkedText& text, chat::Budget& budget) {
  MarkedText plain;
  const std::string_view all = text.text();
  for (size_t begin = 0; begin < all.size();) {
    size_t open = std::min(all.find('<', begin), all.size());
    plain.append(text.substr(begin, open));
    if (open == all.size()) break;
    const bool is_comment = all.substr(open).starts_with("<!--");
    const size_t close = is_comment ? all.find("-->", open) : all.find('>', open);
    if (close == std::string_view::npos) {
      plain.append(text.substr(open, all.size()));
      break;
    }
    begin = close + (is_comment ? 3 : 1);
  }
  plain = joined(split_words(plain, -1, Side::kLeft, budget), MarkedText(" ", true));
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kNames = {
      {{"&lt;", "<"},
       {"&gt;", ">"},
       {"&#34;", "\""},
       {"&quot;", "\""},
       {"&#39;", "'"},
       {"&amp;", "&"}}};
  for (const auto& [name, character] : kNames) {
    plain = replaced(plain, name, MarkedText(std::string(character), plain.special()), -1);
  }
  return plain;
}

}  // namespace cria::jinja
