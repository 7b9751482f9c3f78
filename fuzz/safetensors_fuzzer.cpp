// Any bytes are read as a safetensors file or refused with an Error; what was read can be used.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "fs/safetensors/safetensors.h"

namespace cria::safetensors {
namespace {

void use(const File& file) {
  for (const TensorInfo& tensor : file.tensors()) {
    try {
      file.floats(tensor.name);
    } catch (const Error&) {
      // No real numbers.
    }
    try {
      file.ints(tensor.name);
    } catch (const Error&) {
      // No integers, or too large ones.
    }
  }
}

}  // namespace
}  // namespace cria::safetensors

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto bytes = std::as_bytes(std::span(data, size));
    cria::safetensors::use(*cria::safetensors::File::parse(bytes, "fuzz"));
  } catch (const cria::Error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
