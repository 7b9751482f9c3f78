// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedDecoders kTested{
    {"phi3", decoder("phi3").with("attention.sliding_window", 7)},
    {"phi3_with_longrope", decoder("phi3")
                               .with("rope.dimension_count", 12)
                               .with("rope.scaling.original_context_length", 32)
                               .with("rope.scaling.attn_factor", 1.2)
                               .with_text("rope.scaling.type", "longrope")},
};

}  // namespace
}  // namespace cria::model
