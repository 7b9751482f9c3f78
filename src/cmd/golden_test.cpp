// Checkpoints, converted, compute what their own library computed, on every backend. They are the
// folders of tests/golden and of the fixtures, each with an expected.safetensors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "cmd/compare.h"
#include "cmd/convert.h"
#include "convert/architecture.h"
#include "ml/backend.h"
#include "tests/support/temporary_folder.h"

namespace cria::cmd {
namespace {

struct Golden {
  std::filesystem::path folder;
  std::string backend;
  std::string name() const { return folder.filename().string() + "_on_" + backend; }
};

void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.folder.string(); }

std::vector<Golden> goldens() {
  const char* path = std::getenv("CRIA_FIXTURES");  // NOLINT(concurrency-mt-unsafe): read only
  const std::filesystem::path fixtures = path ? path : "../shared/fixtures";
  std::vector<Golden> found;
  for (const std::filesystem::path& parent :
       {std::filesystem::path("tests/golden"), fixtures / "hf"}) {
    std::error_code absent;
    for (const auto& entry : std::filesystem::directory_iterator(parent, absent)) {
      if (!std::filesystem::exists(entry.path() / "expected.safetensors")) continue;
      for (const std::string& backend : ml::backends()) found.push_back({entry.path(), backend});
    }
  }
  std::ranges::sort(found, {}, &Golden::name);
  return found;
}

std::string class_of(const std::filesystem::path& folder) {
  const auto config = convert::read_config((folder / "config.json").string());
  return config.texts("architectures").at(0);
}

class Converted : public testing::TestWithParam<Golden> {};

TEST_P(Converted, ComputesWhatTransformersComputes) {
  const std::filesystem::path& folder = GetParam().folder;
  const std::string class_name = class_of(folder);
  if (!convert::converters().contains(class_name)) GTEST_SKIP() << "no converter of " << class_name;
  const test::TemporaryFolder temporary;
  const std::string file = temporary.file("model.gguf");
  ConvertOptions conversion;
  conversion.folder = folder.string();
  conversion.output = file;
  conversion.type = "f32";
  ASSERT_EQ(convert(conversion), 0);
  CompareOptions comparison;
  comparison.model = file;
  comparison.expected = (folder / "expected.safetensors").string();
  comparison.max_nmse = 1e-9;
  comparison.compute.backend = GetParam().backend;
  EXPECT_EQ(compare(comparison), 0);
}

INSTANTIATE_TEST_SUITE_P(All, Converted, testing::ValuesIn(goldens()),
                         [](const auto& tried) { return tried.param.name(); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Converted);

}  // namespace
}  // namespace cria::cmd
