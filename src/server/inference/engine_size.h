#pragma once
// How much a model that is served is given room for.

#include "model/loading.h"
#include "serving/text_model.h"

namespace cria::server {

struct SizeWishes {
  int64_t context = 0;  // 0: by the model and the memory
  int64_t sequences = 1, most_waiting = 512;
  int64_t available = 0;  // bytes of memory
};

// The context of a model when nobody says, if there is the memory. `largest`: that it was made for;
// 0: its file does not say.
int64_t usual_context(int64_t largest);

// A context of what is wished for, but no more than the model was made for; and tokens for as many
// usual conversations at once, as far as a quarter of the memory holds them, at least a context.
serving::EngineSize engine_size(const model::LoadedModel& loaded,
                                const serving::ComputeOptions& compute, const SizeWishes& wishes);

}  // namespace cria::server
