#include "template/common/limits.h"

#include "base/error.h"

namespace cria::chat {

void Budget::step(int64_t count) {
  steps_ += count;
  if (steps_ <= limits_.steps) return;
  fail(Error::Code::kUnsupported, "the template takes more than ", limits_.steps, " steps");
}

void Budget::text(size_t bytes) {
  bytes_ += static_cast<int64_t>(bytes);
  if (bytes_ > limits_.bytes) {
    fail(Error::Code::kUnsupported, "the template makes more than ", limits_.bytes,
         " bytes of text");
  }
  read(bytes);
}

Budget::Level::Level(Budget& budget) : budget_(budget) {
  if (budget_.depth_ >= budget_.limits_.depth) {
    fail(Error::Code::kUnsupported, "the template goes deeper than ", budget_.limits_.depth,
         " levels");
  }
  ++budget_.depth_;
}

}  // namespace cria::chat
