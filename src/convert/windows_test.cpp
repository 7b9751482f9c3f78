// Windows of some layers, as Cohere 2 has them.
#include "convert/windows.h"

#include <gtest/gtest.h>

#include "convert/test_checkpoint.h"
#include "tests/support/expect_error.h"

namespace cria::convert {
namespace {

using test::TestCheckpoint;

class Windows : public testing::Test {
 protected:
  static constexpr int kLayers = 4;

  Windows() {
    const std::string first = "model.layers.0.";
    std::map<std::string, test::TestTensor> layer;
    for (const auto& [name, tensor] : checkpoint.tensors) {
      if (name.starts_with(first)) layer[name.substr(first.size())] = tensor;
    }
    layer.erase("post_attention_layernorm.weight");
    checkpoint.tensors.erase(first + "post_attention_layernorm.weight");
    for (int i = 0; i < kLayers; ++i) {
      for (const auto& [name, tensor] : layer) {
        checkpoint.tensors["model.layers." + std::to_string(i) + "." + name] = tensor;
      }
    }
    checkpoint.config["architectures"] = {"Cohere2ForCausalLM"};
    checkpoint.config["num_hidden_layers"] = kLayers;
  }

  std::unique_ptr<gguf::File> converted() {
    checkpoint.write();
    return checkpoint.convert();
  }
  void expect_refused(Error::Code code, std::initializer_list<std::string_view> parts) {
    checkpoint.write();
    cria::test::expect_error([&] { checkpoint.convert(); }, code, parts);
  }

  static constexpr const char* kWindow = "cohere2.attention.sliding_window";
  static constexpr const char* kPattern = "cohere2.attention.sliding_window_pattern";
  TestCheckpoint checkpoint;
};

TEST_F(Windows, AreThoseOfTheClassWhenTheConfigDoesNotSay) {
  const auto file = converted();
  EXPECT_EQ(file->integer(kWindow), 4096);
  EXPECT_FALSE(file->metadata().contains(kPattern)) << "the model knows";
}

TEST_F(Windows, AreOfAllLayersButEveryNth) {
  checkpoint.config["sliding_window"] = 7;
  checkpoint.config["sliding_window_pattern"] = 2;
  const auto file = converted();
  EXPECT_EQ(file->integer(kWindow), 7);
  EXPECT_EQ(file->integer(kPattern), 2);
}

TEST_F(Windows, AreOfTheLayersThatAreListed) {
  const std::string full = "full_attention", sliding = "sliding_attention";
  checkpoint.config["layer_types"] = {sliding, sliding, sliding, full};
  EXPECT_FALSE(converted()->metadata().contains(kPattern));
  checkpoint.config["layer_types"] = {sliding, full, sliding, full};
  EXPECT_EQ(converted()->integer(kPattern), 2);
  checkpoint.config["layer_types"] = {full, sliding, sliding, full};
  EXPECT_EQ(converted()->metadata().at(kPattern),
            gguf::Value(std::vector<bool>{false, true, true, false}));
}

TEST_F(Windows, AreRefusedWhenTheListMakesNoSense) {
  checkpoint.config["layer_types"] = {"full_attention"};
  expect_refused(Error::Code::kCorrupt, {"layer_types has 1 entries", "4 layers"});
  checkpoint.config["layer_types"] = std::vector<std::string>(kLayers, "chunked_attention");
  expect_refused(Error::Code::kUnsupported, {"\"chunked_attention\"", "sliding_attention"});
}

}  // namespace
}  // namespace cria::convert
