// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"olmo2", decoder("olmo2")},
    {"olmo2_with_windows_and_yarn", with_yarn(decoder("olmo2"))
                                        .with("attention.sliding_window", 7)
                                        .with("attention.sliding_window_pattern", {1, 0, 1})},
    {"olmo3_of_ollama", with_yarn(decoder("olmo3"))
                            .with("attention.sliding_window", 7)
                            .with("attention.sliding_window_pattern", {1, 0, 1})},
};

}  // namespace
}  // namespace cria::model
