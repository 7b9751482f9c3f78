// Every architecture with weights of every type: all backends compute what the reference computes.

#include <gtest/gtest.h>

#include "ml/formats.h"
#include "model/models/test_models.h"
#include "tests/support/nmse.h"

namespace cria::model {
namespace {

// Types of weights that tests can make.
std::vector<ml::DType> writable_types() {
  std::vector<ml::DType> types;
  for (const ml::DTypeInfo& info : ml::dtypes()) {
    if (info.type == ml::DType::kI32) continue;
    const std::vector<float> block(static_cast<size_t>(info.block_elements), 1.f);
    std::vector<std::byte> bytes(static_cast<size_t>(info.block_bytes));
    try {
      ml::quantize(info.type, block, bytes.data());
      types.push_back(info.type);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Error::Code::kUnsupported) << error.what();
    }
  }
  return types;
}

// Wide enough for the blocks of a type.
MapConfig fitting(const MapConfig& config, ml::DType type) {
  if (ml::info(type).block_elements <= 32) return config;
  MapConfig wide = config;
  for (const char* key :
       {"embedding_length", "feed_forward_length", "expert_feed_forward_length"}) {
    if (config.numbers().contains(key)) wide = wide.with(key, 256);
  }
  return wide;
}

class WeightTypes : public testing::TestWithParam<TestConfig> {};

INSTANTIATE_TEST_SUITE_P(Every, WeightTypes, testing::ValuesIn(test_configs()),
                         [](const auto& tried) { return tried.param.name; });

TEST_P(WeightTypes, GiveWhatTheReferenceGives) {
  const std::vector<int32_t> tokens = some_tokens(24);
  for (const ml::DType type : writable_types()) {
    const RandomModel random(fitting(GetParam().config, type), type);
    Executor oracle(*random.model, random.list, with_exact_cache(options_for({"reference", ""})));
    const std::vector<float> expected = run(oracle, tokens);
    for (const Target& target : targets()) {
      if (target.backend == "reference") continue;
      Executor ours(*random.model, random.list, with_exact_cache(options_for(target)));
      EXPECT_LE(nmse(run(ours, tokens), expected), ml::is_quantized(type) ? 1e-5 : 1e-9)
          << ml::info(type).name << " on " << target.name();
    }
  }
}

}  // namespace
}  // namespace cria::model
