// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"granite", decoder("granite")
                    .with("embedding_scale", 12)
                    .with("attention.scale", 0.1)
                    .with("residual_scale", 0.22)
                    .with("logit_scale", 8)},
};

}  // namespace
}  // namespace cria::model
