#include "model/config.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/map_config.h"

namespace cria::model {
namespace {

const MapConfig kConfig("llama",
                        {{"zero", 0},
                         {"huge", 1e9},
                         {"fine", 7},
                         {"infinite", 1e300},
                         {"negative", -1},
                         {"equal", {5, 5, 5}},
                         {"different", {5, 0, 6}},
                         {"empty", {}}},
                        {{"type", "yarn"}}, {{"yes", true}});

TEST(Config, ChecksSizes) {
  EXPECT_EQ(kConfig.dim("fine"), 7);
  EXPECT_EQ(kConfig.dim("absent", 3), 3);
  for (const char* key : {"zero", "huge", "negative"}) {
    const std::string name = concat("llama.", key);
    test::expect_error([&] { kConfig.dim(key); }, Error::Code::kCorrupt, {name, "1 to 16777216"});
    test::expect_error([&] { kConfig.dim(key, 3); }, Error::Code::kCorrupt, {name});
    test::expect_error([&] { kConfig.dims(key, 2); }, Error::Code::kCorrupt, {name});
  }
  test::expect_error([] { kConfig.dim("absent"); }, Error::Code::kNotFound,
                     {"llama.absent is absent"});
  test::expect_error([] { kConfig.dims("absent", 2); }, Error::Code::kNotFound,
                     {"llama.absent is absent"});
}

TEST(Config, CountsNothingWhereAKeyIsAbsentOrZero) {
  EXPECT_EQ(kConfig.count("absent"), 0);
  EXPECT_EQ(kConfig.count("zero"), 0);
  EXPECT_EQ(kConfig.count("fine"), 7);
  test::expect_error([] { kConfig.count("negative"); }, Error::Code::kCorrupt,
                     {"llama.negative is -1", "0 to"});
}

TEST(Config, TakesAListForASizeWhenAllItsEntriesAreEqual) {
  EXPECT_EQ(kConfig.dim("equal"), 5);
  test::expect_error([] { kConfig.dim("empty"); }, Error::Code::kCorrupt, {"llama.empty"});
  test::expect_error([] { kConfig.count("different"); }, Error::Code::kUnsupported,
                     {"llama.different is 5 in some layers and 0 in others"});
}

TEST(Config, ReadsASizePerLayer) {
  EXPECT_EQ(kConfig.dims("fine", 2), (std::vector<int64_t>{7, 7}));
  EXPECT_EQ(kConfig.dims("different", 3, 0), (std::vector<int64_t>{5, 0, 6}));
  test::expect_error([] { kConfig.dims("different", 3); }, Error::Code::kCorrupt,
                     {"llama.different is 0 in layer 1"});
  test::expect_error([] { kConfig.dims("equal", 4); }, Error::Code::kCorrupt,
                     {"llama.equal has 3 entries", "4 layers"});
}

TEST(Config, ChecksNumbers) {
  test::expect_error([] { kConfig.real("infinite"); }, Error::Code::kCorrupt, {"llama.infinite"});
  test::expect_error([] { kConfig.positive("negative", 1); }, Error::Code::kCorrupt,
                     {"llama.negative is -1"});
  test::expect_error([] { kConfig.positive("zero"); }, Error::Code::kCorrupt, {"llama.zero is 0"});
  EXPECT_EQ(kConfig.positive("absent", 2.5f), 2.5f);
}

TEST(Config, ReadsFlagsAndTexts) {
  EXPECT_TRUE(kConfig.flag("yes", false));
  EXPECT_TRUE(kConfig.flag("absent", true));
  EXPECT_EQ(kConfig.text("type", "none"), "yarn");
  EXPECT_EQ(kConfig.text("absent", "none"), "none");
  EXPECT_TRUE(kConfig.has("type"));
  EXPECT_FALSE(kConfig.has("absent"));
}

}  // namespace
}  // namespace cria::model
