// Any bytes are read as a PyTorch checkpoint or refused with an Error; what was read can be used.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "fs/pytorch/pytorch.h"

namespace cria::pytorch {
namespace {

void use(const File& file) {
  [[maybe_unused]] volatile std::byte sink{};  // keeps the reads
  for (const TensorInfo& tensor : file.tensors()) {
    if (tensor.data.empty()) continue;
    sink = tensor.data.front();
    sink = tensor.data.back();
  }
}

}  // namespace
}  // namespace cria::pytorch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto bytes = std::as_bytes(std::span(data, size));
    cria::pytorch::use(*cria::pytorch::File::parse(bytes, "fuzz"));
  } catch (const cria::Error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
