// Writes safetensors files.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/quote.h"
#include "fs/safetensors/safetensors.h"

namespace cria::safetensors {
namespace {

using Json = nlohmann::json;

void check_shape(const std::string& path, const Output& tensor) {
  bool wrong = false;
  uint64_t elements = 1;
  for (const int64_t dim : tensor.shape) {
    wrong |= dim < 0;
    wrong |= __builtin_mul_overflow(elements, static_cast<uint64_t>(dim), &elements);
  }
  if (wrong || elements != tensor.values.size()) {
    fail(Error::Code::kInvalidArgument, path, ": tensor ", quote(tensor.name), ": has ",
         tensor.values.size(), " values, which its shape does not");
  }
}

std::string header_of(const std::string& path, std::span<const Output> tensors,
                      const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  uint64_t offset = 0;
  for (const Output& tensor : tensors) {
    check_shape(path, tensor);
    if (tensor.name == "__metadata__" || header.contains(tensor.name)) {
      fail(Error::Code::kInvalidArgument, path, ": tensor ", quote(tensor.name), ": name is taken");
    }
    const uint64_t end = offset + tensor.values.size_bytes();
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  try {
    return header.dump();
  } catch (const Json::exception&) {
    fail(Error::Code::kInvalidArgument, path, ": a name or metadata text is not UTF-8");
  }
}

}  // namespace

void write(const std::string& path, std::span<const Output> tensors,
           const std::map<std::string, std::string>& metadata) {
  std::string header = header_of(path, tensors, metadata);
  header.resize((header.size() + 7) / 8 * 8, ' ');  // aligns the data
  const uint64_t length = header.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(header);
  for (const Output& tensor : tensors) file.write(std::as_bytes(tensor.values));
  file.commit();
}

}  // namespace cria::safetensors
