// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

// Caps that scores and logits of these sizes come near to.
MapConfig capped(const MapConfig& config) {
  return config.with("attn_logit_softcapping", 2).with("final_logit_softcapping", 3);
}

const TestedDecoders kTested{
    {"gemma2", capped(decoder("gemma2").with("attention.sliding_window", 7))},
    {"gemma2_without_caps", decoder("gemma2")
                                .with("attn_logit_softcapping", 0)
                                .with("final_logit_softcapping", 0)
                                .with("attention.scale", 0.2)},
};

}  // namespace
}  // namespace cria::model
