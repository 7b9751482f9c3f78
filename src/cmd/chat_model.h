#pragma once
// A model that is ready to answer on a command line: people are shown that it loads, and told what
// is not as they asked.

#include <cstdint>
#include <span>
#include <vector>

#include "cmd/find_model.h"
#include "serving/text_model.h"

namespace cria::cmd {

class ChatModel {
 public:
  static constexpr int64_t kDefaultContext = 4096;

  // `context` in tokens; 0: as many as the model was made for, at most kDefaultContext.
  ChatModel(const FoundModel& model, const serving::ComputeOptions& compute, int64_t context);

  const serving::TextModel& text() const { return model_; }
  int64_t context() const { return model_.size().context; }
  // Makes the engine anew. More than the model was made for is cut to that, with a notice.
  void set_context(int64_t context);
  // Seconds that opening took, the first time it is asked for; then 0.
  double take_load_seconds();

 private:
  serving::ComputeOptions compute_;
  serving::TextModel model_;
  double load_seconds_ = 0;
};

}  // namespace cria::cmd
