#include "runner/stop.h"

#include <algorithm>

#include "base/error.h"
#include "base/quote.h"

namespace cria::runner {

StopMatcher::Pattern::Pattern(std::string given) : text(std::move(given)), border(text.size(), 0) {
  for (size_t i = 1; i < text.size(); ++i) {
    matched = border[i - 1];
    border[i] = static_cast<uint32_t>(next(text[i]));
  }
  matched = 0;
}

size_t StopMatcher::Pattern::next(char c) const {
  size_t length = matched;
  while (length > 0 && text[length] != c) length = border[length - 1];
  return text[length] == c ? length + 1 : 0;
}

StopMatcher::StopMatcher(std::span<const std::string> stops) {
  constexpr size_t kMostBytes = 16384;  // each byte of text is compared with each string
  size_t bytes = 0;
  for (const std::string& stop : stops) {
    bytes += stop.size();
    if (stop.empty()) fail(Error::Code::kInvalidArgument, "a stop string is empty");
    if (bytes > kMostBytes) {
      fail(Error::Code::kInvalidArgument, "the stop strings have more than ", kMostBytes, " bytes");
    }
    if (!is_utf8(stop)) {
      fail(Error::Code::kInvalidArgument, "stop string ", quote(stop), " is not UTF-8");
    }
    patterns_.emplace_back(stop);
  }
}

std::string_view StopMatcher::feed(std::string_view bytes) {
  decoded_.clear();
  utf8_.feed(bytes, decoded_);
  advance(decoded_);
  size_t uncertain = 0;
  for (const Pattern& pattern : patterns_) uncertain = std::max(uncertain, pattern.matched);
  return certain(stopped_by_ ? held_.size() : held_.size() - uncertain);
}

std::string_view StopMatcher::finish() {
  decoded_.clear();
  utf8_.finish(decoded_);
  advance(decoded_);
  return certain(held_.size());
}

void StopMatcher::advance(std::string_view text) {
  for (const char c : text) {
    if (stopped_by_) return;
    held_ += c;
    for (Pattern& pattern : patterns_) {
      pattern.matched = pattern.next(c);
      if (pattern.matched < pattern.text.size()) continue;
      if (!stopped_by_ || pattern.text.size() > stopped_by_->size()) stopped_by_ = &pattern.text;
      pattern.matched = 0;
    }
    if (stopped_by_) held_.resize(held_.size() - stopped_by_->size());
  }
}

std::string_view StopMatcher::certain(size_t length) {
  certain_ = held_.substr(0, length);
  held_.erase(0, length);
  return certain_;
}

}  // namespace cria::runner
