// Tiny ones of this architecture, with which all tests of architectures run.

#include "model/models/test_configs.h"

namespace cria::model {
namespace {

const TestedEncoders kTested{
    {"bert", encoder("bert")},
    {"bert_with_another_activation", encoder("bert").with_text("hidden_activation", "relu")},
    {"bert_with_a_classifier", encoder("bert").with("pooling_type", 4)},
};

}  // namespace
}  // namespace cria::model
