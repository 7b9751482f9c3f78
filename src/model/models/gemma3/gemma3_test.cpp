// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"gemma3", decoder("gemma3")
                   .with("attention.sliding_window", 7)
                   .with("attention.sliding_window_pattern", 2)
                   .with("attention.key_length", 32)
                   .with("rope.freq_base_swa", 1000)},
    {"gemma3_with_a_cap",
     decoder("gemma3").with("final_logit_softcapping", 3).with_text("hidden_activation", "gelu")},
};

}  // namespace
}  // namespace cria::model
