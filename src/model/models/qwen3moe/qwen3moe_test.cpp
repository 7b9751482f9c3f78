// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"qwen3moe", sparse(decoder("qwen3moe").with("attention.key_length", 32))},
    {"qwen3moe_not_renormalised",
     sparse(decoder("qwen3moe")).with("expert_used_count", 5).with_flag("norm_top_k_prob", false)},
};

}  // namespace
}  // namespace cria::model
