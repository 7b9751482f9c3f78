#pragma once
// Literal texts as they stand inside calls: white space does not count.

#include <string>
#include <string_view>
#include <vector>

#include "template/reply/step.h"

namespace cria::chat {

std::string without_space(std::string_view text);

// One of several texts, byte by byte.
class Literals {
 public:
  static constexpr int kMore = -1, kNone = -2;

  // Empty ones are none.
  explicit Literals(const std::vector<std::string>& texts);

  // Which one is complete, or one of the above. It begins anew after either.
  int add(char c);
  // Some of one was read.
  bool has_begun() const { return !read_.empty(); }

 private:
  std::vector<std::string> texts_;
  std::string read_;
};

// A text with anything before it.
class Until {
 public:
  explicit Until(std::string_view text) : text_(without_space(text)) {}
  // Whether what was read ends with it: it is cut off then.
  bool ends(std::string& read) const;

 private:
  std::string text_;
};

}  // namespace cria::chat
