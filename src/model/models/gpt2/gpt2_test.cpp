// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

MapConfig gpt2() {
  return with_layer_norm(decoder("gpt2")).without("rope.freq_base").with("context_length", 64);
}

const TestedDecoders kTested{
    {"gpt2", gpt2().without("attention.head_count_kv")},
    {"gpt2_scaled_by_layer",
     gpt2().with("attention.scale", 0.5).with_flag("attention.scale_by_layer", true)},
};

}  // namespace
}  // namespace cria::model
