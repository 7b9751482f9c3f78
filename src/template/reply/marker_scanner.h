#pragma once
// Finds markers in text that comes byte by byte, and holds back only what may still become one.

#include <string>
#include <utility>
#include <vector>

namespace cria::chat {

class MarkerScanner {
 public:
  static constexpr int kNothing = -1;  // more is needed
  static constexpr int kByte = -2;     // byte() is part of no marker

  // None is empty. Of two that begin alike the longer one is meant where it stands.
  void look_for(std::vector<std::string> markers) { markers_ = std::move(markers); }
  void put(char c) { held_ += c; }
  // The next finding in what was put in: which marker, or one of the above.
  int next() { return find(false); }
  // As if no more came.
  int last() { return find(true); }
  char byte() const { return byte_; }
  // What is held back, which is forgotten then.
  std::string take() { return std::exchange(held_, {}); }

 private:
  int find(bool is_all);

  std::vector<std::string> markers_;
  std::string held_;  // never longer than the longest marker
  char byte_ = 0;
};

}  // namespace cria::chat
