#include "registry/manifest.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace cria::registry {
namespace {

const std::string kHex = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53";

std::string layer(const std::string& digest, const std::string& size) {
  return R"({"mediaType":"t","digest":")" + digest + R"(","size":)" + size + "}";
}

std::string with(const std::string& layers) {
  return R"({"schemaVersion":2,"layers":[)" + layers + "]}";
}

std::string refusal(const std::string& text) {
  try {
    Manifest::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Error::Code::kCorrupt);
    return error.what();
  }
  return "accepted";
}

TEST(Manifest, NamesItsLayersAndTheConfig) {
  const Manifest manifest = Manifest::parse(R"({"layers":[)" + layer("sha256:" + kHex, "12") +
                                            R"(],"config":)" + layer("sha256:" + kHex, "30") + "}");
  ASSERT_EQ(manifest.layers.size(), 1u);
  ASSERT_TRUE(manifest.config);
  EXPECT_EQ(manifest.config->size, 30);
  EXPECT_EQ(manifest.layers[0].media_type, "t");
  EXPECT_EQ(manifest.layers[0].hex, kHex);
  EXPECT_EQ(manifest.layers[0].size, 12);
  EXPECT_EQ(manifest.size(), 42);
}

TEST(Manifest, ReadsBackWhatItWrites) {
  const Manifest written{
      .layers = {{.media_type = "a", .hex = kHex, .size = 1},
                 {.media_type = "b", .hex = kHex, .size = 0, .from = "library/base:latest"}},
      .config = Layer{.media_type = std::string(kConfigLayer), .hex = kHex, .size = 3}};
  const Manifest read = Manifest::parse(written.text());
  ASSERT_EQ(read.layers.size(), 2u);
  EXPECT_EQ(read.layers[1].from, "library/base:latest");
  EXPECT_EQ(read.config->media_type, kConfigLayer);
  EXPECT_EQ(read.text(), written.text());
  EXPECT_EQ(
      Manifest{}.text(),
      R"({"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
      R"("layers":[]})");
}

TEST(Manifest, RefusesEveryDigestThatIsNotExactlySha256) {
  EXPECT_EQ(refusal(with(layer("sha256:" + kHex, "1"))), "accepted");
  std::string upper = kHex;
  upper[0] = 'B';
  const std::string bad[] = {"",
                             "sha256:",
                             kHex,
                             "sha256-" + kHex,
                             "SHA256:" + kHex,
                             "sha512:" + kHex,
                             "sha256:" + upper,
                             "sha256:" + kHex.substr(1),
                             "sha256:" + kHex + "0",
                             "sha256:" + kHex + "/../../x",
                             "sha256:../../../../../../etc/passwd",
                             "sha256:" + kHex.substr(0, 61) + "/..",
                             "sha256:" + kHex.substr(0, 63) + R"(\n)",
                             "sha256:" + kHex.substr(0, 63) + R"(\u0000)",
                             " sha256:" + kHex};
  for (const std::string& digest : bad) {
    EXPECT_EQ(refusal(with(layer(digest, "1"))).substr(0, 12), "a digest is ") << digest;
  }
}

TEST(Manifest, RefusesSizesThatAreNoCountOfBytes) {
  for (const char* size : {"-1", "1.5", "\"1\"", "null", "1e3", "9223372036854775808",
                           "18446744073709551616", "true", "{}"}) {
    EXPECT_EQ(refusal(with(layer("sha256:" + kHex, size))),
              "a layer has no \"size\" that is a number of bytes")
        << size;
  }
  const std::string huge = layer("sha256:" + kHex, "9223372036854775807");
  EXPECT_EQ(refusal(with(huge)), "accepted");
  EXPECT_EQ(refusal(with(huge + "," + huge)), "the sizes add up to more than 2^63 bytes");
}

TEST(Manifest, RefusesWhatIsNoManifest) {
  EXPECT_EQ(refusal(""), "not a JSON object");
  EXPECT_EQ(refusal("[]"), "not a JSON object");
  EXPECT_EQ(refusal("{\"layers\":"), "not a JSON object");
  EXPECT_EQ(refusal("{}"), "no array \"layers\"");
  EXPECT_EQ(refusal("{\"layers\":{}}"), "no array \"layers\"");
  EXPECT_EQ(refusal("{\"layers\":[1]}"), "a layer is no JSON object");
  EXPECT_EQ(refusal("{\"layers\":[],\"config\":1}"), "a layer is no JSON object");
  EXPECT_EQ(refusal(R"({"layers":[{"size":1}]})"), "a layer has no text \"mediaType\"");
  EXPECT_EQ(refusal(R"({"layers":[{"size":1,"mediaType":7}]})"),
            "a layer has no text \"mediaType\"");
}

TEST(Manifest, SurvivesDepthAndSize) {
  EXPECT_EQ(refusal(std::string(kLargestManifest, '[')), "not a JSON object");
  EXPECT_EQ(refusal("{\"layers\":" + std::string(500000, '[') + std::string(500000, ']') + "}"),
            "a layer is no JSON object");
  EXPECT_EQ(
      refusal(with(layer("sha256:" + kHex, std::string(500000, '[') + std::string(500000, ']')))),
      "a layer has no \"size\" that is a number of bytes");
  EXPECT_EQ(refusal(std::string(kLargestManifest + 1, ' ')), "more than 1048576 bytes");
}

}  // namespace
}  // namespace cria::registry
