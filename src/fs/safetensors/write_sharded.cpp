// Writes a model's weights to several safetensors files and an index, as Hugging Face names them.

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "fs/safetensors/dtypes.h"
#include "fs/safetensors/outputs.h"
#include "fs/safetensors/write.h"

namespace cria::safetensors {
namespace {

using Shard = std::vector<Output>;

// A tensor of more than a file may have gets one of its own, behind which the file before goes on.
std::vector<Shard> share_out(std::span<const Output> tensors, uint64_t bytes_per_file) {
  std::vector<Shard> shards;
  Shard current;
  uint64_t bytes = 0;
  for (const Output& tensor : tensors) {
    const uint64_t size = tensor.data.size();
    if (size > bytes_per_file) {
      shards.push_back({tensor});
      continue;
    }
    if (size > bytes_per_file - bytes) {
      shards.push_back(std::move(current));
      current = {};
      bytes = 0;
    }
    current.push_back(tensor);
    bytes += size;
  }
  if (!current.empty() || shards.empty()) shards.push_back(std::move(current));
  return shards;
}

std::string file_name(size_t index, size_t count) {
  char name[64];
  std::snprintf(name, sizeof(name), "model-%05zu-of-%05zu.safetensors", index + 1, count);
  return name;
}

std::string index_of(const std::vector<Shard>& shards) {
  uint64_t bytes = 0, elements = 0;
  nlohmann::json places = nlohmann::json::object();
  for (size_t i = 0; i < shards.size(); ++i) {
    for (const Output& tensor : shards[i]) {
      places[tensor.name] = file_name(i, shards.size());
      bytes += tensor.data.size();
      elements += tensor.data.size() * 8 / bits_of(tensor.dtype);
    }
  }
  const nlohmann::json index = {
      {"metadata", {{"total_parameters", elements}, {"total_size", bytes}}},
      {"weight_map", places}};
  constexpr int kIndent = 2;
  constexpr bool kOnlyAscii = true;
  return index.dump(kIndent, ' ', kOnlyAscii) + "\n";
}

}  // namespace

void write_sharded(const std::string& folder, std::span<const Output> tensors,
                   uint64_t bytes_per_file, const TextMap& metadata) {
  check_outputs(folder, tensors);
  const std::filesystem::path path = folder;
  const std::vector<Shard> shards = share_out(tensors, bytes_per_file);
  if (shards.size() == 1) return write(path / "model.safetensors", shards[0], metadata);
  for (size_t i = 0; i < shards.size(); ++i) {
    write(path / file_name(i, shards.size()), shards[i], metadata);
  }
  AtomicFile index(path / "model.safetensors.index.json");
  index.write(index_of(shards));
  index.commit();
}

}  // namespace cria::safetensors
