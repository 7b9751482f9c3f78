// Any bytes are read as a Modelfile or refused with an Error; what was read is written, and read
// back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "modelfile/modelfile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using cria::modelfile::Modelfile;
  std::string written;
  Modelfile read;
  try {
    read = Modelfile::parse({reinterpret_cast<const char*>(data), size});
    written = read.text();
  } catch (const cria::Error&) {
    return 0;  // refused, as most inputs are, or with a text that no quotes hold
  }
  if (!(Modelfile::parse(written) == read)) std::abort();
  return 0;
}
