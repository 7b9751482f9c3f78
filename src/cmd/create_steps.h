#pragma once
// The steps of making a model, as they are shown.

#include <cstdint>
#include <memory>
#include <string>

#include "cmd/progress.h"

namespace cria::cmd {

// Each on a line of its own, and a bar while one takes long.
class CreateSteps {
 public:
  void status(const std::string& text);
  // False: the user has interrupted it.
  bool progress(const std::string& text, uint64_t done, uint64_t total);

 private:
  std::string shown_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace cria::cmd
