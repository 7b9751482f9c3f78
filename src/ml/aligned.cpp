#include "ml/aligned.h"

#include <sys/mman.h>

#include "base/error.h"
#include "base/memory.h"

namespace cria::ml {

// From the system directly: pages come zeroed and only when touched, and large ones are asked for.
AlignedBytes::AlignedBytes(int64_t bytes, std::string_view what) : size_(bytes) {
  if (bytes == 0) return;
  const int64_t available = available_memory();
  if (bytes > available) {
    fail(Error::Code::kOutOfMemory, what, ": needs ", bytes >> 20, " MiB, but only ",
         available >> 20, " MiB are available");
  }
  void* memory = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    fail(Error::Code::kOutOfMemory, what, ": the system refused ", bytes >> 20, " MiB");
  }
  madvise(memory, static_cast<size_t>(bytes), MADV_HUGEPAGE);
  data_ = {static_cast<std::byte*>(memory), UnmapPages{static_cast<size_t>(bytes)}};
}

void UnmapPages::operator()(std::byte* data) const { munmap(data, bytes); }

}  // namespace cria::ml
