#pragma once
// Turns the bytes of tokens into text that is certain: whole UTF-8 characters, up to the first stop
// string. What could still become a stop string is held back.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/utf8.h"

namespace cria::runner {

// The stop string that is complete first in the text ends it, the longest one if several end at the
// same byte; so the outcome does not depend on where tokens begin and end.
class StopMatcher {
 public:
  // InvalidArgument: a string that is empty or not UTF-8, or more than 16 KiB of them together.
  explicit StopMatcher(std::span<const std::string> stops);

  // Adds the bytes of a token. Returns the text that is certain now; valid until the next call.
  std::string_view feed(std::string_view bytes);
  // Nothing follows: returns what was held. An incomplete character is U+FFFD.
  std::string_view finish();

  // The stop string that ended the text; null: none. Nothing is certain after it.
  const std::string* stopped_by() const { return stopped_by_; }

 private:
  // Knuth, Morris and Pratt's matching of one string.
  struct Pattern {
    explicit Pattern(std::string text);
    size_t next(char c) const;  // `matched` after one more byte

    std::string text;
    std::vector<uint32_t> border;  // [i]: longest proper prefix of text[0..i] that also ends it
    size_t matched = 0;            // the longest prefix that the stream ends with
  };

  void advance(std::string_view text);  // appends to held_ up to and without a stop string
  std::string_view certain(size_t length);

  std::vector<Pattern> patterns_;
  Utf8Stream utf8_;
  std::string decoded_;  // of the last bytes
  std::string held_, certain_;
  const std::string* stopped_by_ = nullptr;
};

}  // namespace cria::runner
