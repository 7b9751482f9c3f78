#include "cmd/chat_model.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"

namespace cria::cmd {
namespace {

std::optional<std::string> go_template_of(const FoundModel& found) {
  return found.stored ? found.stored->go_template() : std::nullopt;
}

}  // namespace

ChatModel::ChatModel(const FoundModel& model, const serving::ComputeOptions& compute,
                     int64_t context)
    : compute_(compute),
      model_(load_model(model, compute.adapters), go_template_of(model),
             model.stored ? model.stored->config().renderer : "") {
  const Stopwatch watch;
  set_context(context);
  load_seconds_ = watch.seconds();
}

void ChatModel::set_context(int64_t context) {
  const int64_t largest = model_.largest_context();
  if (context == 0) context = largest > 0 ? std::min(largest, kDefaultContext) : kDefaultContext;
  if (largest > 0 && context > largest) {
    notice(concat("a context of ", context, " tokens was asked for, but the model was made for ",
                  largest, ": using ", largest));
    context = largest;
  }
  const BlockInterrupts block;
  Progress progress("loading");
  model_.start(compute_, {.context = context}, [&](uint64_t done, uint64_t total) {
    progress.set(done, total);
    return true;
  });
}

double ChatModel::take_load_seconds() { return std::exchange(load_seconds_, 0); }

}  // namespace cria::cmd
