// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"cohere2", with_layer_norm(decoder("cohere2"))
                    .with("attention.sliding_window", 7)
                    .with("attention.sliding_window_pattern", {1, 0, 1})
                    .with("logit_scale", 0.25)},
};

}  // namespace
}  // namespace cria::model
