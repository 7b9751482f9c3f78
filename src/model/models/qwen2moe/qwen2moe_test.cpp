// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"qwen2moe", sparse(decoder("qwen2moe")).with("expert_shared_feed_forward_length", 48)},
    {"qwen2moe_renormalised", sparse(decoder("qwen2moe"))
                                  .with("expert_shared_feed_forward_length", 48)
                                  .with_flag("expert_weights_norm", true)},
};

}  // namespace
}  // namespace cria::model
