// The ranges of the sampling options.

#include <cmath>

#include "base/error.h"
#include "sample/sampler.h"

namespace cria::sample {
namespace {

// Written so that NaN, which fails every comparison, is refused.
void expect(bool in_range, const char* name, float value, const char* range) {
  if (in_range) return;
  fail(Error::Code::kInvalidArgument, "option ", name, " is ", value, ", expected ", range);
}

}  // namespace

void Options::check() const {
  expect(temperature >= 0 && std::isfinite(temperature), "temperature", temperature,
         "a finite number from 0");
  expect(top_p > 0 && top_p <= 1, "top_p", top_p, "above 0 and at most 1");
  expect(min_p >= 0 && min_p < 1, "min_p", min_p, "from 0 to below 1");
  expect(repeat_penalty > 0 && std::isfinite(repeat_penalty), "repeat_penalty", repeat_penalty,
         "a finite number above 0");
  if (repeat_last_n < -1) {
    fail(Error::Code::kInvalidArgument, "option repeat_last_n is ", repeat_last_n,
         ", expected -1 (all), 0 (off) or more");
  }
}

}  // namespace cria::sample
