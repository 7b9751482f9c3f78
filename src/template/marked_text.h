#pragma once
// Text that remembers which stretches of it come from a template, and which from users.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template/message.h"

namespace cria::chat {

class MarkedText {
 public:
  MarkedText() = default;
  MarkedText(std::string text, bool special) : text_(std::move(text)) {
    if (!text_.empty()) stretches_.push_back({text_.size(), special});
  }

  const std::string& text() const { return text_; }
  size_t size() const { return text_.size(); }
  // All of it comes from a template.
  bool special() const {
    return stretches_.size() <= 1 && (text_.empty() || stretches_[0].special);
  }

  void append(std::string_view text, bool special) {
    if (text.empty()) return;
    text_ += text;
    if (stretches_.empty() || stretches_.back().special != special)
      stretches_.push_back({0, special});
    stretches_.back().end = text_.size();
  }

  void append(const MarkedText& other) { append_range(other, 0, other.size()); }

  // Calls visit(text, special) for each stretch.
  template <class Visit>
  void for_each_stretch(const Visit& visit) const {
    size_t begin = 0;
    for (const Stretch& stretch : stretches_) {
      visit(std::string_view(text_).substr(begin, stretch.end - begin), stretch.special);
      begin = stretch.end;
    }
  }

  MarkedText substr(size_t begin, size_t end) const {
    MarkedText part;
    part.append_range(*this, begin, end);
    return part;
  }

  std::vector<Part> parts() const {
    std::vector<Part> parts;
    for_each_stretch([&](std::string_view text, bool special) {
      parts.push_back({std::string(text), special});
    });
    return parts;
  }

 private:
  struct Stretch {
    size_t end;
    bool special;
  };

  void append_range(const MarkedText& other, size_t begin, size_t end) {
    auto stretch =
        std::upper_bound(other.stretches_.begin(), other.stretches_.end(), begin,
                         [](size_t position, const Stretch& one) { return position < one.end; });
    for (; begin < end && stretch != other.stretches_.end(); ++stretch) {
      const size_t stop = std::min(end, stretch->end);
      append(std::string_view(other.text_).substr(begin, stop - begin), stretch->special);
      begin = stop;
    }
  }

  std::string text_;
  std::vector<Stretch> stretches_;  // one after the other, none empty, neighbours differ
};

}  // namespace cria::chat
