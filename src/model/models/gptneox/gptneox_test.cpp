// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

MapConfig gptneox() {
  return with_layer_norm(decoder("gptneox"))
      .without("attention.head_count_kv")
      .with("rope.dimension_count", 4);
}

const TestedDecoders kTested{
    {"gptneox", gptneox().with_flag("use_parallel_residual", true)},
    {"gptneox_one_after_the_other", gptneox().with_flag("use_parallel_residual", false)},
    {"gptneox_with_yarn", with_yarn(gptneox().without("rope.dimension_count"))},
};

}  // namespace
}  // namespace cria::model
