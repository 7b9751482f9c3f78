// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"gemma", decoder("gemma").with("attention.key_length", 32)},
};

}  // namespace
}  // namespace cria::model
