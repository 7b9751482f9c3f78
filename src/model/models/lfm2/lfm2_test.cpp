// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

// Convolutions at both ends, attention between.
MapConfig lfm2() {
  return decoder("lfm2").with("attention.head_count_kv", {0, 2, 0}).with("shortconv.l_cache", 3);
}

const TestedDecoders kTested{
    {"lfm2", lfm2()},
    {"lfm2_of_convolutions_alone", lfm2().with("attention.head_count_kv", {0, 0, 0})},
    {"lfm2_that_ends_with_attention",
     lfm2().with("attention.head_count_kv", {0, 4, 4}).with("shortconv.l_cache", 5)},
};

}  // namespace
}  // namespace cria::model
