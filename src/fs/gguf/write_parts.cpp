#include "fs/gguf/write_parts.h"

#include <cstdlib>
#include <filesystem>

#include "base/error.h"
#include "base/files.h"
#include "fs/gguf/split.h"
#include "fs/gguf/tensors.h"

namespace cria::gguf {
namespace {

namespace fs = std::filesystem;
using Code = Error::Code;

// Bytes of each tensor's data.
std::vector<uint64_t> sizes_of(const Writer& model, const std::string& path) {
  std::vector<uint64_t> sizes;
  Problems problems;
  for (const OutputTensor& tensor : model.tensors())
    sizes.push_back(checked_bytes({.info = {tensor.name, tensor.type, tensor.dims, {}}}, problems));
  problems.report(path, Code::kInvalidArgument);
  return sizes;
}

// How many of the tensors, in their order, each part has.
std::vector<size_t> share_out(const std::vector<uint64_t>& sizes, uint64_t most_bytes) {
  std::vector<size_t> counts(1);
  uint64_t used = 0;
  for (const uint64_t size : sizes) {
    const bool fits =
        most_bytes == 0 || counts.back() == 0 || (size <= most_bytes && used <= most_bytes - size);
    if (!fits) {
      counts.push_back(0);
      used = 0;
    }
    ++counts.back();
    used += size;
  }
  return counts;
}

std::vector<std::string> names_of(const std::string& path, size_t count) {
  if (count == 1) return {path};
  if (count > static_cast<size_t>(kMostParts)) {
    fail(Code::kInvalidArgument, path, ": would have ", count, " parts, expected at most ",
         kMostParts, ": allow larger ones");
  }
  const std::string stem = path.ends_with(".gguf") ? path.substr(0, path.size() - 5) : path;
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(stem + part_ending({i, count}));
  return names;
}

Writer part_of_model(const Writer& model, const Part& part, size_t first, size_t count) {
  Writer out(model.alignment());
  if (part.index == 0) {
    for (const auto& [key, value] : model.metadata()) {
      if (key != "general.alignment") out.metadata(key, value);
    }
  }
  out.metadata("split.no", static_cast<uint16_t>(part.index));
  out.metadata("split.count", static_cast<uint16_t>(part.count));
  out.metadata("split.tensors.count", static_cast<int32_t>(model.tensors().size()));
  for (size_t i = first; i < first + count; ++i) out.tensor(model.tensors()[i]);
  return out;
}

// A folder beside a file, for what shall be renamed to it, removed with whatever is left in it.
class FolderBeside {
 public:
  explicit FolderBeside(const fs::path& file)
      : path_((file.parent_path() / concat(".", file.filename().string(), ".XXXXXX")).string()) {
    if (!mkdtemp(path_.data())) fail_with_errno(path_, "cannot make a temporary folder", errno);
  }
  ~FolderBeside() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  FolderBeside(const FolderBeside&) = delete;
  FolderBeside& operator=(const FolderBeside&) = delete;

  std::string file(const std::string& path) const {
    return (fs::path(path_) / fs::path(path).filename()).string();
  }

 private:
  std::string path_;
};

}  // namespace

std::vector<std::string> part_paths(const Writer& model, const std::string& path,
                                    uint64_t most_bytes) {
  return names_of(path, share_out(sizes_of(model, path), most_bytes).size());
}

void write_parts(const Writer& model, const std::string& path, uint64_t most_bytes,
                 const WriteOptions& options) {
  const std::vector<uint64_t> sizes = sizes_of(model, path);
  const std::vector<size_t> counts = share_out(sizes, most_bytes);
  const std::vector<std::string> paths = names_of(path, counts.size());
  if (paths.size() == 1) return model.write(path, options);
  uint64_t total = 0, done = 0;
  for (const uint64_t size : sizes) total += size;
  const FolderBeside folder(path);
  for (size_t i = 0, first = 0; i < counts.size(); first += counts[i++]) {
    uint64_t of_part = 0;
    WriteOptions writing;
    if (options.progress) {
      writing.progress = [&](uint64_t part_done, uint64_t) {
        of_part = part_done;
        return options.progress(done + part_done, total);
      };
    }
    part_of_model(model, {i, counts.size()}, first, counts[i])
        .write(folder.file(paths[i]), writing);
    done += of_part;
  }
  if (options.check) options.check(folder.file(paths[0]));
  for (const std::string& part : paths) {
    if (std::rename(folder.file(part).c_str(), part.c_str()) != 0)
      fail_with_errno(part, "cannot replace", errno);
  }
}

}  // namespace cria::gguf
