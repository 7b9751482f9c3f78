// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"mixtral", decoder("llama")
                    .with("expert_count", 6)
                    .with("expert_used_count", 2)
                    .with("attention.sliding_window", 7)},
};

}  // namespace
}  // namespace cria::model
