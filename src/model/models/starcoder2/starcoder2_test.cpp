// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"starcoder2", with_layer_norm(decoder("starcoder2")).with("attention.sliding_window", 7)},
};

}  // namespace
}  // namespace cria::model
