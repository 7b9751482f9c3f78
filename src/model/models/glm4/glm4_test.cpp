// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"glm4", decoder("glm4").with("rope.dimension_count", 8)},
};

}  // namespace
}  // namespace cria::model
