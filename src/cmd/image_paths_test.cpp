#include "cmd/image_paths.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace cria::cmd {
namespace {

using Paths = std::vector<std::string>;

class ImagePathsTest : public testing::Test {
 protected:
  std::string file(std::string_view name) { return folder_.write(name, "x"); }
  const test::TemporaryFolder folder_;
};

void expect(std::string_view prompt, std::string_view text, const Paths& paths) {
  const ImagePaths found = find_image_paths(prompt);
  EXPECT_EQ(found.text, text) << prompt;
  EXPECT_EQ(found.paths, paths) << prompt;
}

TEST_F(ImagePathsTest, AreTakenOutOfThePrompt) {
  const std::string cat = file("cat.png"), dog = file("dog.JPG"), cow = file("cow.Jpeg");
  const std::string owl = file("owl.webp");
  expect("what is in " + cat + "?", "what is in ?", {cat});
  expect(cat + " describe", "describe", {cat});
  expect("compare " + cat + " with " + dog, "compare  with", {cat, dog});
  expect(cow + " " + owl, "", {cow, owl});
  expect("image:" + cat, "image:", {cat});
  expect("first\n" + cat + "\nlast", "first\n\nlast", {cat});
}

TEST_F(ImagePathsTest, MayBeRelative) {
  const std::string cat = file("cat.png");
  const std::string from_here = "./" + std::filesystem::relative(cat).string();
  const std::string from_above = std::filesystem::relative(cat).string();
  ASSERT_TRUE(from_above.starts_with("../"));
  expect("see " + from_here, "see", {from_here});
  expect("see " + from_above, "see", {from_above});
}

TEST_F(ImagePathsTest, LoseTheQuotesAroundThem) {
  const std::string cat = file("my cat.png");
  expect("see '" + cat + "' now", "see  now", {cat});
  expect("see \"" + cat + "\"", "see", {cat});
  expect("see \"" + cat + "'", "see \"'", {cat});
}

TEST_F(ImagePathsTest, MayHaveSpacesAndBackslashes) {
  const std::string cat = file("my cat (1).png"), back = file("a\\b.png");
  expect("see " + cat, "see", {cat});
  expect("see " + folder_.file("my\\ cat\\ \\(1\\).png"), "see", {cat});
  expect("see " + back, "see", {back});
}

TEST_F(ImagePathsTest, GoOnBehindAnExtensionThatEndsNoFile) {
  const std::string cat = file("cat.png.webp");
  expect(cat, "", {cat});
  expect(folder_.file("cat.png"), folder_.file("cat.png"), {});
}

TEST_F(ImagePathsTest, AreOnlyThoseOfImageFiles) {
  const std::string text = file("notes.txt"), pngs = file("x.pngs");
  std::filesystem::create_directory(folder_.path() / "folder.png");
  for (const std::string& prompt :
       {text, pngs, folder_.file("folder.png"), folder_.file("none.png"), std::string(" cat.png "),
        std::string("http://example.com/cat.png"), std::string(), std::string("/"),
        std::string("and/or.png"), std::string(100000, '/') + ".png"}) {
    expect(prompt, prompt, {});
  }
}

}  // namespace
}  // namespace cria::cmd
