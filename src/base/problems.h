#pragma once
// Gathers what is wrong with a file, so that its owner learns everything at once.

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.h"

namespace cria {

class Problems {
 public:
  template <class... Args>
  void add(const Args&... args) {
    // A broken file can have a problem per tensor: the first few say enough, the rest is only
    // counted.
    if (++count_ <= kListed) listed_.push_back(concat(args...));
  }

  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }

  // Throws them, when there are any.
  void report(const std::string& file, Error::Code code = Error::Code::kCorrupt) const {
    if (count_ == 0) return;
    if (count_ == 1) fail(code, file, ": ", listed_.front());
    std::string lines;
    for (const std::string& problem : listed_) lines += "\n  " + problem;
    if (count_ > kListed) lines += concat("\n  and ", count_ - kListed, " more");
    fail(code, file, ": ", count_, " problems:", lines);
  }

 private:
  static constexpr size_t kListed = 20;
  std::vector<std::string> listed_;
  size_t count_ = 0;
};

}  // namespace cria
