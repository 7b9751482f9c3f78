#include "fs/safetensors/write.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/error.h"
#include "base/files.h"
#include "fs/safetensors/dtypes.h"
#include "fs/safetensors/outputs.h"

namespace cria::safetensors {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kAlignment = 8;  // of the data, in bytes

std::vector<const Output*> in_order_of_data(std::span<const Output> tensors) {
  std::vector<const Output*> sorted;
  for (const Output& tensor : tensors) sorted.push_back(&tensor);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Output* a, const Output* b) {
    return std::tuple(find_dtype(b->dtype), std::string_view(a->name)) <
           std::tuple(find_dtype(a->dtype), std::string_view(b->name));
  });
  return sorted;
}

std::string header_of(const std::string& path, std::span<const Output* const> tensors,
                      const TextMap& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const Output* tensor : tensors) {
    const uint64_t end = offset + tensor->data.size();
    // An ordered object finds keys one by one, and these are new.
    header.get_ref<Json::object_t&>().emplace_back(
        tensor->name,
        Json{{"dtype", tensor->dtype}, {"shape", tensor->shape}, {"data_offsets", {offset, end}}});
    offset = end;
  }
  try {
    return header.dump();
  } catch (const Json::exception&) {
    fail(Error::Code::kInvalidArgument, path, ": a text of the metadata is not UTF-8");
  }
}

}  // namespace

void write(const std::string& path, std::span<const Output> tensors, const TextMap& metadata) {
  check_outputs(path, tensors);
  const std::vector<const Output*> sorted = in_order_of_data(tensors);
  std::string header = header_of(path, sorted, metadata);
  header.resize((header.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const uint64_t length = header.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const Output* tensor : sorted) file.write(tensor->data);
  file.commit();
}

}  // namespace cria::safetensors
