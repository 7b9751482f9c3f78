#include "cmd/create_steps.h"

#include <cstdio>

#include "cmd/interrupt.h"

namespace cria::cmd {

void CreateSteps::status(const std::string& text) {
  progress_.reset();
  std::fprintf(stderr, "%s\n", text.c_str());
}

bool CreateSteps::progress(const std::string& text, uint64_t done, uint64_t total) {
  if (!progress_ || text != shown_) {
    progress_.reset();
    progress_ = std::make_unique<Progress>(shown_ = text);
  }
  progress_->set(done, total);
  if (done == total) progress_.reset();
  return !take_interrupt();
}

}  // namespace cria::cmd
