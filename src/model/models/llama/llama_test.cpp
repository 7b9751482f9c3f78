// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"llama", decoder("llama")},
    {"llama_with_a_window", decoder("llama").with("attention.sliding_window", 7)},
    {"llama_with_linear_scaling", decoder("llama").with("rope.scaling.factor", 4)},
    {"llama_with_yarn", with_yarn(decoder("llama"))},
    {"llama_with_large_heads_half_rotated",
     decoder("llama").with("attention.key_length", 24).with("rope.dimension_count", 12)},
    {"llama_with_lists", decoder("llama")
                             .with("attention.head_count", {4, 4, 4})
                             .with("attention.head_count_kv", {1, 1, 1})
                             .with("feed_forward_length", {96, 96, 96})},
};

}  // namespace
}  // namespace cria::model
