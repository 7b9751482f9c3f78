#include "template/reply/literal.h"

#include <utility>

namespace cria::chat {

std::string without_space(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!is_space(c)) out += c;
  }
  return out;
}

Literals::Literals(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) texts_.push_back(without_space(text));
}

int Literals::add(char c) {
  if (is_space(c)) return kMore;
  read_ += c;
  bool may_come = false;
  for (size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i].empty()) continue;
    if (texts_[i] == read_) {
      read_.clear();
      return static_cast<int>(i);
    }
    may_come = may_come || texts_[i].starts_with(read_);
  }
  if (may_come) return kMore;
  read_.clear();
  return kNone;
}

bool Until::ends(std::string& read) const {
  size_t at = read.size();
  for (size_t i = text_.size(); i > 0; --i) {
    while (at > 0 && is_space(read[at - 1]) && !(i == text_.size() && at == read.size())) --at;
    if (at == 0 || read[at - 1] != text_[i - 1]) return false;
    --at;
  }
  read.resize(at);
  return true;
}

}  // namespace cria::chat
