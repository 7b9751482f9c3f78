// The engine over the executor and a model that sees, with invented weights and pictures.

#include <gtest/gtest.h>

#include "model/models/test_models.h"
#include "runner/engine.h"
#include "runner/fake_model.h"
#include "sample/random.h"
#include "tests/support/expect_error.h"

namespace cria::runner {
namespace {

constexpr tokenizer::Id kPicture = 200;

model::MapConfig with_eyes() {
  return model::decoder("mllama")
      .with("vocab_size", kByteVocabulary)
      .with("attention.cross_attention_layers", {1})
      .with("image_token_id", kPicture)
      .with("vision.embedding_length", 32)
      .with("vision.feed_forward_length", 48)
      .with("vision.block_count", 1)
      .with("vision.global.block_count", 1)
      .with("vision.attention.head_count", 2)
      .with("vision.attention.layer_norm_epsilon", 1e-5)
      .with("vision.intermediate_layers_indices", {0, 1})
      .with("vision.max_num_tiles", 2)
      .with("vision.image_size", 8)
      .with("vision.patch_size", 4);
}

std::shared_ptr<const model::Picture> some_picture(const model::VisionSpec& spec, uint64_t seed) {
  sample::Random random(seed);
  auto picture = std::make_shared<model::Picture>();
  picture->tiles = 1 + static_cast<int64_t>(seed % 2);
  picture->shape = picture->tiles;
  const int64_t tile = 3 * spec.size * spec.size;
  picture->pixels.resize(static_cast<size_t>(spec.tiles * tile));
  for (int64_t i = 0; i < picture->tiles * tile; ++i)
    picture->pixels[static_cast<size_t>(i)] = static_cast<float>(4 * random.uniform() - 2);
  return picture;
}

class EnginePictures : public testing::TestWithParam<const char*> {
 protected:
  model::Executor executor(int64_t tokens, int64_t sequences) const {
    model::ExecutorOptions options;
    options.backend = GetParam();
    options.backend_options.threads = 1;
    options.cache = {.key_type = ml::DType::kF32,
                     .value_type = ml::DType::kF32,
                     .tokens = tokens,
                     .sequences = sequences,
                     .context = 64,
                     .block_size = 16};
    options.max_tokens = 16;
    options.max_outputs = 3;
    return model::Executor(*random_.model, random_.list, options);
  }

  // With so many pictures at random places.
  Request request(int length, int pictures, uint64_t seed) const {
    sample::Random random(seed);
    Request request{.sampling = {.seed = seed}, .max_tokens = 40};
    for (int i = 0; i < length; ++i)
      request.prompt.push_back(static_cast<int32_t>(random.uniform() * 190));
    for (int i = 0; i < pictures; ++i) {
      const auto at = static_cast<int64_t>(random.uniform() * length);
      request.prompt.insert(request.prompt.begin() + at, kPicture);
      request.pictures.push_back(some_picture(random_.model->vision()->vision_spec(),
                                              seed * 8 + static_cast<uint64_t>(i)));
    }
    return request;
  }

  Result alone(Request request) const {
    model::Executor executor = this->executor(64, 1);
    Engine engine(executor, tokenizer_);
    return engine.submit(std::move(request)).wait();
  }

  const model::RandomModel random_{with_eyes()};
  const ByteTokenizer tokenizer_;
};

// Also when they are interrupted for lack of room, and among sequences that see nothing.
TEST_P(EnginePictures, AreSeenTheSameAloneAndAmongOthers) {
  std::vector<Request> requests;
  for (int i = 0; i < 12; ++i)
    requests.push_back(request(5 + 3 * i, i % 4, static_cast<uint64_t>(i + 1)));
  model::Executor executor = this->executor(96, 3);
  int64_t preemptions = 0;
  {
    Engine engine(executor, tokenizer_);
    std::vector<Generation> generations;
    for (const Request& request : requests) generations.push_back(engine.submit(request));
    for (size_t i = 0; i < requests.size(); ++i) {
      const Result result = generations[i].wait(), expected = alone(requests[i]);
      EXPECT_EQ(result.error, "");
      EXPECT_EQ(result.finish, expected.finish);
      EXPECT_EQ(result.tokens, expected.tokens) << "request " << i;
      EXPECT_EQ(result.cached_tokens > 0 && !requests[i].pictures.empty(), false);
      preemptions += result.preemptions;
    }
  }
  EXPECT_GT(preemptions, 0);
  for (const auto& usage : executor.cache().usage()) EXPECT_EQ(usage.used, 0);
}

TEST_P(EnginePictures, ChangeWhatIsSaid) {
  Request asked = request(12, 1, 3);
  asked.sampling.temperature = 0;
  const std::vector<tokenizer::Id> one = alone(asked).tokens;
  asked.pictures = {some_picture(random_.model->vision()->vision_spec(), 99)};
  EXPECT_NE(alone(asked).tokens, one);
  EXPECT_EQ(alone(asked).tokens, alone(asked).tokens);
}

// What is shifted out of a full context takes its picture along.
TEST_P(EnginePictures, GoWithTheirTokensWhenTheContextIsFull) {
  Request asked = request(40, 2, 5);
  asked.max_tokens = 60;
  asked.sampling.logit_bias = {{.token = kEnd, .bias = -1e9f}};
  asked.shift = Shift{4};
  const Result result = alone(asked);
  EXPECT_EQ(result.error, "");
  EXPECT_GT(result.shifts, 0);
  EXPECT_EQ(result.tokens.size(), 60u);
}

TEST_P(EnginePictures, AreRefusedUnlessEachHasItsToken) {
  model::Executor executor = this->executor(64, 1);
  Engine engine(executor, tokenizer_);
  Request asked = request(5, 2, 7);
  asked.pictures.pop_back();
  test::expect_error([&] { engine.submit(asked); }, Error::Code::kInvalidArgument,
                     {"2 tokens", "1 pictures"});
  asked = request(5, 5, 7);
  test::expect_error([&] { engine.submit(asked); }, Error::Code::kInvalidArgument,
                     {"5 pictures", "at most 4"});
}

INSTANTIATE_TEST_SUITE_P(Backends, EnginePictures, testing::Values("reference", "cpu"));

}  // namespace
}  // namespace cria::runner
