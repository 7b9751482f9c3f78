// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"smollm3", decoder("smollm3").with("block_count", 4)},
    {"smollm3_with_windows", decoder("smollm3")
                                 .with("rope.layer_pattern", {1, 0, 1})
                                 .with("attention.sliding_window", 7)
                                 .with("attention.sliding_window_pattern", {0, 1, 0})},
};

}  // namespace
}  // namespace cria::model
