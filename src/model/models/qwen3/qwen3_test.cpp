// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"qwen3", decoder("qwen3").with("attention.key_length", 32)},
    {"qwen3_with_yarn", with_yarn(decoder("qwen3").with("attention.key_length", 32))},
};

}  // namespace
}  // namespace cria::model
