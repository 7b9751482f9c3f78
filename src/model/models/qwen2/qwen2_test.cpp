// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"qwen2", decoder("qwen2")},
    {"qwen2_with_yarn", with_yarn(decoder("qwen2"))},
};

}  // namespace
}  // namespace cria::model
