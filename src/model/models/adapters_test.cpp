// Adapters change what merging them into the weights would.
#include "model/adapter.h"

#include <gtest/gtest.h>

#include <limits>

#include "ml/formats.h"
#include "model/loading.h"
#include "model/models/test_files.h"
#include "model/models/test_models.h"
#include "tests/support/expect_error.h"
#include "tests/support/nmse.h"
#include "tests/support/temporary_folder.h"

namespace cria::model {
namespace {

using Code = Error::Code;
using test::expect_error;

// What a model lets adapters change.
class Adaptable final : public nn::Weights {
 public:
  struct Weight {
    std::string name;
    ml::Shape shape;
    bool is_embedding;
  };
  std::vector<Weight> weights;

 protected:
  void tensor(const std::vector<std::string>&, const ml::Shape&, bool, ml::Tensor&) override {}
  void low_rank(const std::vector<std::string>& names, const ml::Shape& shape,
                nn::LowRank& out) override {
    weights.push_back({names[0], shape, out.of == nn::LowRank::Of::kEmbedding});
  }
};

std::vector<float> numbers(int64_t count, uint32_t seed) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) {
    seed = seed * 1664525 + 1013904223;
    value = static_cast<float>(seed >> 8) * 0x1p-23f - 1;
  }
  return values;
}

// A and B, of random numbers.
struct Term {
  std::vector<uint64_t> a_dims, b_dims;
  std::vector<float> a, b;

  Term(const Adaptable::Weight& weight, int64_t rank, uint32_t seed) {
    const auto dims = weight.shape.dims();
    a_dims.assign(dims.begin(), dims.end());
    b_dims = a_dims;
    const size_t last = dims.size() - 1;
    if (weight.is_embedding) std::swap(b_dims[0], b_dims[1]);
    a_dims[weight.is_embedding ? last : last - 1] = static_cast<uint64_t>(rank);
    b_dims[last] = static_cast<uint64_t>(rank);
    a = numbers(ml::Shape(std::vector<int64_t>(a_dims.begin(), a_dims.end())).size(), seed);
    b = numbers(ml::Shape(std::vector<int64_t>(b_dims.begin(), b_dims.end())).size(), seed + 1);
  }

  void add_to(std::vector<float>& matrix, const Adaptable::Weight& weight, float scale) const {
    const auto rank = static_cast<int64_t>(b_dims.back());
    const int64_t in = weight.shape[-1], out = weight.shape[-2];
    for (int64_t i = 0; i < weight.shape.size(); ++i) {
      const int64_t row = i / in, column = i % in, expert = row / out;
      double sum = 0;
      for (int64_t r = 0; r < rank; ++r) {
        const int64_t at_a =
            weight.is_embedding ? row * rank + r : (expert * rank + r) * in + column;
        const int64_t at_b = (weight.is_embedding ? column : row) * rank + r;
        sum += double{a[static_cast<size_t>(at_a)]} * double{b[static_cast<size_t>(at_b)]};
      }
      matrix[static_cast<size_t>(i)] += static_cast<float>(sum * double{scale});
    }
  }
};

void write_head(test::GgufBuilder& builder, const std::string& architecture, float alpha) {
  builder.metadata("general.type", "adapter");
  builder.metadata("general.architecture", architecture);
  builder.metadata("adapter.type", "lora");
  builder.metadata("adapter.lora.alpha", alpha);
}

std::vector<float> floats(const ml::Node& node) {
  std::vector<float> values(static_cast<size_t>(node.shape.size()));
  ml::dequantize(node.dtype, node.data, values);
  return values;
}

// A model, two adapters, and a file of their sum.
class Family {
 public:
  Family(const MapConfig& config, ml::DType type) {
    const RandomModel random(config, type);
    Adaptable adaptable;
    make_model(config)->bind(adaptable);
    test::GgufBuilder base, merged;
    write_config(base, config);
    write_config(merged, config);
    std::map<std::string, const ml::Node*> nodes;
    for (const ml::Node& node : random.nodes) nodes.emplace(node.name, &node);
    // Where outputs are tied to the embeddings, an adapter of one is none of the other.
    for (const ml::Node& node : random.nodes) write_weight(base, node.name, node);
    const ml::Node* const embeddings = nodes.at("token_embd.weight");
    if (random.model->output() == Output::kLogits) nodes.emplace("output.weight", embeddings);

    std::map<std::string, std::vector<float>> sums;
    for (const auto& [name, node] : nodes) sums.emplace(name, floats(*node));
    for (const auto& [path, scale, rank, alpha] :
         {Kind{first_, 0.5f, 3, 2.f}, Kind{second_, -2.f, 1, 0.1f}}) {
      test::GgufBuilder adapter;
      write_head(adapter, config.architecture(), alpha);
      uint32_t seed = static_cast<uint32_t>(rank);
      for (const Adaptable::Weight& weight : adaptable.weights) {
        if (!nodes.contains(weight.name)) continue;
        const Term term(weight, rank, seed += 7);
        adapter.tensor(weight.name + ".lora_a", term.a_dims, term.a);
        adapter.tensor(weight.name + ".lora_b", term.b_dims, term.b);
        term.add_to(sums.at(weight.name), weight, scale * alpha / static_cast<float>(rank));
        ++adapted;
      }
      adapter.write(path);
      choices.push_back({path, scale});
    }
    for (const auto& [name, node] : nodes) {
      merged.tensor(name, {node->shape.dims().begin(), node->shape.dims().end()}, sums.at(name));
    }
    base_ = base.bytes();
    merged_ = merged.bytes();
  }

  LoadedModel adapted_model() const { return load(gguf::File::parse(base_, "base"), choices); }
  LoadedModel plain_model() const { return load(gguf::File::parse(base_, "base")); }
  LoadedModel merged_model() const { return load(gguf::File::parse(merged_, "merged")); }

  std::vector<AdapterChoice> choices;
  size_t adapted = 0;

 private:
  struct Kind {
    std::string path;
    float scale;
    int64_t rank;
    float alpha;
  };

  test::TemporaryFolder folder_;
  std::string first_ = folder_.file("first.gguf"), second_ = folder_.file("second.gguf");
  std::vector<std::byte> base_, merged_;
};

std::vector<float> logits(const LoadedModel& loaded, const Target& target) {
  ExecutorOptions options = with_exact_cache(options_for(target));
  const std::vector<const ml::Node*> weights = loaded.weight_list();
  Executor executor(*loaded.model, weights, options);
  return run(executor, some_tokens(9));
}

// The slow and exact one, and the fastest here.
std::vector<Target> two_targets() { return {targets().front(), targets().back()}; }

class Adapters : public testing::TestWithParam<TestConfig> {};

TEST_P(Adapters, AreWhatMergingThemIntoTheWeightsIs) {
  const Family family(GetParam().config, ml::DType::kF32);
  EXPECT_GT(family.adapted, 8u);
  for (const Target& target : two_targets()) {
    SCOPED_TRACE(target.name());
    const std::vector<float> adapted = logits(family.adapted_model(), target);
    EXPECT_LE(nmse(adapted, logits(family.merged_model(), target)), 1e-9);
    EXPECT_GE(nmse(adapted, logits(family.plain_model(), target)), 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(Every, Adapters, testing::ValuesIn(all_configs()),
                         [](const auto& tried) { return tried.param.name; });

class AdaptersOf : public testing::TestWithParam<ml::DType> {};

TEST_P(AdaptersOf, WeightsOfThisTypeLeaveThemAsTheyAre) {
  const Family family(test_configs().front().config, GetParam());
  for (const Target& target : targets()) {
    SCOPED_TRACE(target.name());
    const std::vector<float> adapted = logits(family.adapted_model(), target);
    EXPECT_LE(nmse(adapted, logits(family.merged_model(), target)), 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, AdaptersOf,
                         testing::Values(ml::DType::kF16, ml::DType::kBF16, ml::DType::kQ8_0,
                                         ml::DType::kQ4_0, ml::DType::kIQ4_NL),
                         [](const auto& tried) { return std::string(ml::info(tried.param).name); });

}  // namespace
}  // namespace cria::model
