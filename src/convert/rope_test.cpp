// LongRoPE, as Phi-3 has it; other scalings are tested with Llama's class.
#include "convert/rope.h"

#include <gtest/gtest.h>

#include <cmath>

#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using test::counting;

struct Phi3Checkpoint : test::TestCheckpoint {
  Phi3Checkpoint() {
    const std::string layer = "model.layers.0.";
    for (const char* part : {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                             "mlp.gate_proj", "mlp.up_proj"}) {
      tensors.erase(layer + part + ".weight");
    }
    tensors[layer + "self_attn.qkv_proj.weight"] = counting({16, 8});
    tensors[layer + "mlp.gate_up_proj.weight"] = counting({24, 8});
    config["architectures"] = {"Phi3ForCausalLM"};
    config["max_position_embeddings"] = 64;
    config["original_max_position_embeddings"] = 16;
    config["rope_scaling"] = {
        {"type", "longrope"}, {"short_factor", {1, 2}}, {"long_factor", {3, 4}}};
  }
};

TEST(LongRope, WritesBothSetsOfFactorsAndTheMagnitude) {
  for (const char* type : {"longrope", "su", "yarn"}) {  // by the names it has had
    Phi3Checkpoint checkpoint;
    checkpoint.config["rope_scaling"]["type"] = type;
    checkpoint.write();
    const auto file = checkpoint.convert();
    EXPECT_EQ(file->text("phi3.rope.scaling.type"), "longrope");
    EXPECT_EQ(file->integer("phi3.rope.scaling.original_context_length"), 16);
    EXPECT_NEAR(*file->real("phi3.rope.scaling.attn_factor"),
                std::sqrt(1 + std::log(4) / std::log(16)), 1e-6);
    EXPECT_EQ(test::values(test::find(*file, "rope_factors_short.weight")),
              (std::vector<float>{1, 2}));
    EXPECT_EQ(test::values(test::find(*file, "rope_factors_long.weight")),
              (std::vector<float>{3, 4}));
  }
}

TEST(LongRope, HasAFactorForEachPairThatIsRotated) {
  Phi3Checkpoint checkpoint;
  checkpoint.config["partial_rotary_factor"] = 0.5;
  checkpoint.write();
  cria::test::expect_error([&] { checkpoint.convert(); }, Error::Code::kCorrupt,
                           {"long_factor has 2 numbers", "1 pairs"});
  for (const char* factor : {"short_factor", "long_factor"}) {
    checkpoint.config["rope_scaling"][factor] = test::Json::array({5});
  }
  checkpoint.write();
  EXPECT_EQ(checkpoint.convert()->integer("phi3.rope.dimension_count"), 2);
}

TEST(BadRope, FactorsThatAreNoNumbersAreNamed) {
  Phi3Checkpoint checkpoint;
  checkpoint.config["rope_scaling"]["long_factor"] = {1, "two"};
  checkpoint.write();
  cria::test::expect_error([&] { checkpoint.convert(); }, Error::Code::kCorrupt,
                           {"long_factor", "finite numbers"});
  checkpoint.config["rope_scaling"].erase("long_factor");
  checkpoint.write();
  cria::test::expect_error([&] { checkpoint.convert(); }, Error::Code::kNotFound,
                           {"long_factor is absent"});
}

}  // namespace
}  // namespace cria::convert
