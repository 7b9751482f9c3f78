#include "template/jinja/wrapping.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "template/jinja/strings.h"

namespace cria::jinja {
namespace {

bool is_blank(const MarkedText& text) {
  return strip(std::string_view(text.text()), Side::kBoth).empty();
}

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

// Words, their parts, and the spaces between them.
std::vector<MarkedText> chunks_of(const MarkedText& text, bool on_hyphens) {
  const std::string_view all = text.text();
  const auto blank = [&](size_t i) {
    return is_space(static_cast<unsigned char>(all[i])) && (all[i] & 0x80) == 0;
  };
  std::vector<MarkedText> chunks;
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && blank(end) == blank(begin)) ++end;
    if (blank(begin)) {
      chunks.push_back(text.substr(begin, end));
    } else {
      size_t from = begin;
      for (const size_t cut : cuts(all.substr(begin, end - begin), on_hyphens)) {
        chunks.push_back(text.substr(from, begin + cut));
        from = begin + cut;
      }
    }
    begin = end;
  }
  return chunks;
}

}  // namespace

std::vector<MarkedText> wrapped(const MarkedText& text, const WrapStyle& style) {
  std::vector<MarkedText> chunks = chunks_of(text, style.breaks_on_hyphens);
  std::ranges::reverse(chunks);
  std::vector<MarkedText> lines;
  while (!chunks.empty()) {
    if (!lines.empty() && is_blank(chunks.back())) chunks.pop_back();
    std::vector<MarkedText> line;
    int64_t width = 0;
    while (!chunks.empty() && width + length(chunks.back().text()) <= style.width) {
      width += length(chunks.back().text());
      line.push_back(std::move(chunks.back()));
      chunks.pop_back();
    }
    if (!chunks.empty() && length(chunks.back().text()) > style.width) {
      const int64_t left = style.width - width;
      if (style.breaks_long_words) {
        // Nothing of it, when the line is full: spaces at its end stay then, as in Python.
        const std::vector<size_t> places = offsets(chunks.back().text());
        const size_t room = places[static_cast<size_t>(left)];
        const std::string_view head = std::string_view(chunks.back().text()).substr(0, room);
        const size_t hyphen = style.breaks_on_hyphens ? head.rfind('-') : std::string_view::npos;
        const bool is_inside =
            hyphen != std::string_view::npos && hyphen > 0 && head.find_first_not_of('-') < hyphen;
        const size_t cut = is_inside ? hyphen + 1 : room;
        line.push_back(chunks.back().substr(0, cut));
        chunks.back() = chunks.back().substr(cut, chunks.back().size());
      } else if (line.empty()) {
        line.push_back(std::move(chunks.back()));
        chunks.pop_back();
      }
    }
    if (!line.empty() && is_blank(line.back())) line.pop_back();
    if (!line.empty()) lines.push_back(joined(line, {}));
  }
  return lines;
}

MarkedText without_tags(const MarkedText& text) {
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
  plain = joined(split_words(plain, -1, Side::kLeft), MarkedText(" ", true));
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
