// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"stablelm", with_layer_norm(decoder("stablelm")).with("rope.dimension_count", 4)},
};

}  // namespace
}  // namespace cria::model
