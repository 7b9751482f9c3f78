// Any bytes are read as a GGUF file or refused with an Error; what was read can be used.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "fs/gguf/gguf.h"

namespace cria::gguf {
namespace {

template <class LookUp>
void try_look_up(LookUp look_up) {
  try {
    look_up();
  } catch (const Error&) {
    // The key has another type.
  }
}

void use(const File& file) {
  for (const auto& [key, value] : file.metadata()) {
    try_look_up([&, &name = key] { file.integer(name); });
    try_look_up([&, &name = key] { file.real(name); });
    try_look_up([&, &name = key] { file.boolean(name); });
    try_look_up([&, &name = key] { file.text(name); });
    try_look_up([&, &name = key] { file.texts(name); });
    try_look_up([&, &name = key] { file.integers(name); });
    try_look_up([&, &name = key] { file.reals(name); });
  }
  [[maybe_unused]] volatile std::byte sink{};  // keeps the reads
  for (const TensorInfo& tensor : file.tensors()) {
    sink = tensor.data.front();
    sink = tensor.data.back();
  }
}

}  // namespace
}  // namespace cria::gguf

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  try {
    const auto bytes = std::as_bytes(std::span(data, size));
    cria::gguf::use(*cria::gguf::File::parse(bytes, "fuzz"));
  } catch (const cria::Error&) {
    // Refused, as most inputs are.
  }
  return 0;
}
