// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"gptoss", sparse(with_yarn(decoder("gpt-oss")))
                   .with("attention.key_length", 32)
                   .with("attention.sliding_window", 7)},
};

}  // namespace
}  // namespace cria::model
