#include "cmd/new.h"

#include <algorithm>
#include <filesystem>
#include <regex>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/quote.h"
#include "cmd/new_findings.h"
#include "cmd/new_skeleton.h"
#include "cmd/output.h"

namespace cria::cmd {
namespace {

using Code = Error::Code;
using Path = std::filesystem::path;

void check_name(std::string_view what, const std::string& name, const char* pattern) {
  if (std::regex_match(name, std::regex(pattern))) return;
  fail(Code::kInvalidArgument, what, " is ", quote(name), ", expected ", pattern);
}

void check_checkout(const NewOptions& options) {
  const Path root = options.source;
  for (const char* folder : {"src/model/models", "src/convert/architectures"}) {
    if (std::filesystem::is_directory(root / folder)) continue;
    fail(Code::kNotFound, options.source, ": is no checkout of cria, as it has no ", folder,
         ": run this in one, or name it with --source");
  }
  const Path original = architecture_files(root, options.like).model;
  if (std::filesystem::exists(original)) return;
  fail(Code::kNotFound, original.string(), ": is not there, so nothing can be made like ",
       quote(options.like));
}

void check_is_new(const NewOptions& options, const ArchitectureFiles& files,
                  const std::string& class_name) {
  for (const Path& path : {files.model.parent_path(), files.converter}) {
    if (std::filesystem::exists(path)) {
      fail(Code::kInvalidArgument, path.string(), ": is there already, and stays as it is");
    }
  }
  const Path folder = Path(options.source) / "src/convert/architectures";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".cpp") continue;
    if (read_source(entry.path()).find(concat('"', class_name, '"')) == std::string::npos) continue;
    fail(Code::kInvalidArgument, entry.path().string(), ": converts ", class_name, " already");
  }
}

std::string class_name_of(const NewOptions& options) {
  if (!options.class_name.empty()) return options.class_name;
  if (!options.checkpoint.empty()) return class_of_checkpoint(options.checkpoint);
  return type_name(options.architecture) + "ForCausalLM";
}

std::string as_comments(const std::vector<std::string>& lines) {
  std::string out;
  if (!lines.empty()) out = "//\n// TODO: what a checkpoint had that this was not made for:\n";
  for (const std::string& line : lines) out += concat("// - ", line, "\n");
  return out;
}

void write(const Path& path, const std::string& text) {
  AtomicFile file(path.string());
  file.write(text);
  file.commit();
  print(concat("wrote ", path.lexically_normal().string(), "\n"));
}

std::string next_steps(const NewOptions& options) {
  const std::string& name = options.architecture;
  const std::string from = options.checkpoint.empty() ? "CHECKPOINT" : options.checkpoint;
  return concat("next, as docs/add-a-model.md says in full:\n", "  scripts/check --fix\n",
                "  cmake --preset test && cmake --build --preset test --target cria models_test\n",
                "  ctest --preset test -R /", name, "\n", "  scripts/reference.py ", from,
                " -o expected.safetensors\n", "  build/test/cria convert ", from, " -o ", name,
                ".gguf --type f32\n", "  build/test/cria compare ", name,
                ".gguf expected.safetensors --max-nmse 1e-9\n");
}

}  // namespace

int new_architecture(const NewOptions& options) {
  constexpr const char* kName = "[a-z][a-z0-9_]*";
  check_name("the architecture", options.architecture, kName);
  check_name("--like", options.like, kName);
  check_checkout(options);
  const std::string class_name = class_name_of(options);
  check_name("the class", class_name, "[A-Za-z_][A-Za-z0-9_]*");
  const ArchitectureFiles files = architecture_files(options.source, options.architecture);
  check_is_new(options, files, class_name);

  Skeleton skeleton = skeleton_of(options.source, options.like, options.architecture, class_name);
  std::vector<std::string> found;
  if (!options.checkpoint.empty()) {
    found = findings(options.checkpoint, skeleton.class_of_original);
    skeleton = skeleton_of(options.source, options.like, options.architecture, class_name,
                           as_comments(found));
  }
  std::filesystem::create_directories(files.model.parent_path());
  write(files.model, skeleton.model);
  write(files.test, skeleton.test);
  write(files.converter, skeleton.converter);
  for (const std::string& line : found) print(line + "\n");
  print(next_steps(options));
  return 0;
}

}  // namespace cria::cmd
