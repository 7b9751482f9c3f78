// Tiny ones of this architecture, with which all tests of architectures run.

#include <gtest/gtest.h>

#include "model/model.h"
#include "model/models/test_configs.h"
#include "tests/support/expect_error.h"

namespace cria::model {
namespace {

// Where the curve ends short of zero, at it, and beyond.
MapConfig with_xielu(const MapConfig& config) {
  return config.with("xielu.alpha_p", {0.2, -0.3, 0.1})
      .with("xielu.alpha_n", {-1, 0.4, 0.2})
      .with("xielu.beta", {0.5, 0.3, -0.2})
      .with("xielu.eps", {-0.1, 0, 0.1});
}

const TestedDecoders kTested{
    {"apertus", with_xielu(decoder("apertus"))},
    {"apertus_with_yarn", with_yarn(with_xielu(decoder("apertus")))},
};

TEST(Apertus, NeedsTheActivationOfEveryLayer) {
  const MapConfig whole = with_xielu(decoder("apertus"));
  test::expect_error([&] { make_model(whole.without("xielu.beta")); }, Error::Code::kNotFound,
                     {"xielu.beta is absent"});
  test::expect_error(
      [&] {
        make_model(whole.with("xielu.eps", {0, 0}));
      },
      Error::Code::kCorrupt, {"xielu.eps has 2 entries, expected 3"});
}

}  // namespace
}  // namespace cria::model
