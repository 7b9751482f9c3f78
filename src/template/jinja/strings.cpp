#include "template/jinja/strings.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "template/common/search.h"

namespace cria::jinja {
namespace {

constexpr char32_t kSharpS = 0xdf;

// The size of the last character.
size_t last_size(std::string_view text) {
  for (size_t size = 2; size <= std::min<size_t>(4, text.size()); ++size) {
    if (chat::decode_rune(text.substr(text.size() - size)).size == size) return size;
  }
  return 1;
}

std::unordered_set<std::string_view> characters_of(std::string_view text) {
  std::unordered_set<std::string_view> all;
  while (!text.empty()) {
    const size_t size = chat::decode_rune(text).size;
    all.insert(text.substr(0, size));
    text.remove_prefix(size);
  }
  return all;
}

// Parts that a text is cut into.
class Parts {
 public:
  Parts(const MarkedText& text, chat::Budget& budget) : text_(text), budget_(budget) {}

  void add(size_t begin, size_t end) {
    count_pieces(1, budget_);
    parts_.push_back(text_.substr(begin, end));
  }
  bool are_below(int64_t limit) const {
    return limit < 0 || static_cast<int64_t>(parts_.size()) < limit;
  }
  std::vector<MarkedText> take(Side from = Side::kLeft) {
    if (from == Side::kRight) std::ranges::reverse(parts_);
    return std::move(parts_);
  }

 private:
  const MarkedText& text_;
  chat::Budget& budget_;
  std::vector<MarkedText> parts_;
};

void append_upper(std::string& out, char32_t code) {
  if (code == kSharpS) {
    out += "SS";
  } else {
    chat::append_rune(out, chat::to_upper(code));
  }
}

void append_title(std::string& out, char32_t code) {
  if (code == kSharpS) {
    out += "Ss";
  } else {
    chat::append_rune(out, chat::to_title(code));
  }
}

void append_lower(std::string& out, char32_t code) { chat::append_rune(out, chat::to_lower(code)); }

}  // namespace

bool is_space(char32_t code) {
  return (code >= 0x1c && code <= 0x1f) || chat::is_white_space(code);
}

std::string_view strip(std::string_view text, Side side,
                       std::optional<std::string_view> characters) {
  const std::unordered_set<std::string_view> those = characters_of(characters.value_or(""));
  const auto goes = [&](std::string_view one) {
    return characters ? those.contains(one) : is_space(chat::decode_rune(one).code);
  };
  while (side != Side::kRight && !text.empty()) {
    const size_t size = chat::decode_rune(text).size;
    if (!goes(text.substr(0, size))) break;
    text.remove_prefix(size);
  }
  while (side != Side::kLeft && !text.empty()) {
    const size_t size = last_size(text);
    if (!goes(text.substr(text.size() - size))) break;
    text.remove_suffix(size);
  }
  return text;
}

MarkedText strip(const MarkedText& text, Side side, std::optional<std::string_view> characters) {
  const std::string_view left = strip(std::string_view(text.text()), side, characters);
  const auto begin = static_cast<size_t>(left.data() - text.text().data());
  return text.substr(begin, begin + left.size());
}

std::vector<size_t> offsets(std::string_view text) {
  std::vector<size_t> result;
  size_t offset = 0;
  while (offset < text.size()) {
    result.push_back(offset);
    offset += chat::decode_rune(text.substr(offset)).size;
  }
  result.push_back(offset);
  return result;
}

int64_t length(std::string_view text) { return static_cast<int64_t>(chat::count_runes(text)); }

size_t bytes_of(std::string_view text, int64_t characters) {
  size_t size = 0;
  for (; characters > 0 && size < text.size(); --characters) {
    size += chat::decode_rune(text.substr(size)).size;
  }
  return size;
}

MarkedText joined(const std::vector<MarkedText>& texts, const MarkedText& between) {
  MarkedText out;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out.append(between);
    out.append(texts[i]);
  }
  return out;
}

MarkedText repeated(const MarkedText& text, int64_t count) {
  MarkedText out;
  if (text.size() == 0) return out;
  for (int64_t i = 0; i < count; ++i) out.append(text);
  return out;
}

MarkedText replaced(const MarkedText& text, std::string_view from, const MarkedText& to,
                    int64_t limit) {
  const std::string_view all = text.text();
  MarkedText out;
  size_t position = 0;
  for (int64_t count = 0; limit < 0 || count < limit; ++count) {
    const size_t found = chat::find_text(all, from, position);
    if (found == std::string_view::npos) break;
    out.append(text.substr(position, found));
    out.append(to);
    position = found + from.size();
    if (!from.empty()) continue;
    if (position == all.size()) break;
    const size_t next = position + chat::decode_rune(all.substr(position)).size;
    out.append(text.substr(position, next));
    position = next;
  }
  out.append(text.substr(position, all.size()));
  return out;
}

std::vector<MarkedText> split(const MarkedText& text, std::string_view separator, int64_t limit,
                              Side from, chat::Budget& budget) {
  const std::string_view all = text.text();
  Parts parts(text, budget);
  if (from == Side::kRight) {
    size_t end = all.size();
    while (parts.are_below(limit) && end >= separator.size()) {
      const size_t found = chat::find_last_text(all.substr(0, end), separator);
      if (found == std::string_view::npos) break;
      parts.add(found + separator.size(), end);
      end = found;
    }
    parts.add(0, end);
    return parts.take(from);
  }
  size_t begin = 0;
  while (parts.are_below(limit)) {
    const size_t found = chat::find_text(all, separator, begin);
    if (found == std::string_view::npos) break;
    parts.add(begin, found);
    begin = found + separator.size();
  }
  parts.add(begin, all.size());
  return parts.take();
}

std::vector<MarkedText> split_words(const MarkedText& text, int64_t limit, Side from,
                                    chat::Budget& budget) {
  const std::vector<size_t> places = offsets(text.text());
  const auto blank = [&](size_t i) {
    return is_space(chat::decode_rune(std::string_view(text.text()).substr(places[i])).code);
  };
  Parts parts(text, budget);
  size_t begin = 0, end = places.size() - 1;  // in characters
  while (from == Side::kRight) {
    while (end > begin && blank(end - 1)) --end;
    if (end == begin) break;
    size_t word = end;
    const bool takes_rest = !parts.are_below(limit);
    while (word > begin && (takes_rest || !blank(word - 1))) --word;
    parts.add(places[word], places[end]);
    end = word;
  }
  if (from == Side::kRight) return parts.take(from);
  while (true) {
    while (begin < end && blank(begin)) ++begin;
    if (begin == end) return parts.take();
    size_t word = begin;
    const bool takes_rest = !parts.are_below(limit);
    while (word < end && (takes_rest || !blank(word))) ++word;
    parts.add(places[begin], places[word]);
    begin = word;
  }
}

std::vector<MarkedText> split_lines(const MarkedText& text, bool keeps_ends, chat::Budget& budget) {
  const std::string_view all = text.text();
  Parts lines(text, budget);
  size_t begin = 0, position = 0;
  while (position < all.size()) {
    const chat::Rune rune = chat::decode_rune(all.substr(position));
    const char32_t code = rune.code;
    const bool ends = (code >= '\n' && code <= '\r') || (code >= 0x1c && code <= 0x1e) ||
                      code == 0x85 || code == 0x2028 || code == 0x2029;
    size_t next = position + rune.size;
    if (ends) {
      if (code == '\r' && next < all.size() && all[next] == '\n') ++next;
      lines.add(begin, keeps_ends ? next : position);
      begin = next;
    }
    position = next;
  }
  if (begin < all.size()) lines.add(begin, all.size());
  return lines.take();
}

MarkedText mapped(const MarkedText& text,
                  const std::function<void(std::string& out, char32_t code)>& change) {
  MarkedText out;
  text.for_each_stretch([&](std::string_view stretch, bool special) {
    std::string changed;
    while (!stretch.empty()) {
      const chat::Rune rune = chat::decode_rune(stretch);
      if (rune.code == chat::kReplacement && rune.size == 1) {
        changed += stretch.front();
      } else {
        change(changed, rune.code);
      }
      stretch.remove_prefix(rune.size);
    }
    out.append(changed, special);
  });
  return out;
}

MarkedText upper(const MarkedText& text) { return mapped(text, append_upper); }
MarkedText lower(const MarkedText& text) { return mapped(text, append_lower); }

MarkedText capitalized(const MarkedText& text) {
  bool is_first = true;
  return mapped(text, [&](std::string& out, char32_t code) {
    std::exchange(is_first, false) ? append_title(out, code) : append_lower(out, code);
  });
}

MarkedText swapped_case(const MarkedText& text) {
  return mapped(text, [](std::string& out, char32_t code) {
    chat::is_upper(code) ? append_lower(out, code) : append_upper(out, code);
  });
}

MarkedText titled(const MarkedText& text) {
  bool follows_cased = false;
  return mapped(text, [&](std::string& out, char32_t code) {
    follows_cased ? append_lower(out, code) : append_title(out, code);
    follows_cased = chat::is_cased(code);
  });
}

MarkedText padded(const MarkedText& text, int64_t left, int64_t right, std::string_view fill,
                  bool is_special) {
  const MarkedText one{std::string(fill), is_special};
  MarkedText out = repeated(one, left);
  out.append(text);
  out.append(repeated(one, right));
  return out;
}

}  // namespace cria::jinja
