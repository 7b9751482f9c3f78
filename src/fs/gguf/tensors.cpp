#include "fs/gguf/tensors.h"

#include <algorithm>
#include <limits>

#include "base/quote.h"
#include "fs/gguf/tensor_types.h"

namespace cria::gguf {
namespace {

constexpr uint32_t kMaxDims = 4;

std::string label(const TensorEntry& tensor) { return "tensor " + quote(tensor.info.name); }

std::string list(const std::vector<int64_t>& dims) {
  std::string out = "[";
  for (const int64_t dim : dims) out += concat(out.size() > 1 ? ", " : "", dim);
  return out + "]";
}

void read_dims(Reader& reader, TensorInfo& info) {
  const auto count = reader.number<uint32_t>();
  if (count > kMaxDims) {
    throw Unreadable{concat("has ", count, " dimensions, expected at most ", kMaxDims)};
  }
  info.dims.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    // Beyond int64 they become negative, and so a problem later.
    info.dims[count - 1 - i] = static_cast<int64_t>(reader.number<uint64_t>());
  }
}

TensorEntry read_tensor(Reader& reader, size_t index, size_t count) {
  TensorEntry tensor;
  try {
    tensor.info.name = reader.string();
    read_dims(reader, tensor.info);
    tensor.info.type = reader.number<uint32_t>();
    tensor.offset = reader.number<uint64_t>();
  } catch (const Unreadable& e) {
    const std::string name = tensor.info.name.empty() ? "" : " " + quote(tensor.info.name);
    throw Unreadable{concat("tensor ", index + 1, " of ", count, name, ": ", e.what)};
  }
  return tensor;
}

void check_overlaps(const std::vector<TensorEntry>& tensors, Problems& problems) {
  std::vector<const TensorEntry*> placed;
  placed.reserve(tensors.size());
  for (const TensorEntry& tensor : tensors) {
    if (!tensor.info.data.empty()) placed.push_back(&tensor);
  }
  std::sort(placed.begin(), placed.end(),
            [](const TensorEntry* a, const TensorEntry* b) { return a->offset < b->offset; });
  for (size_t i = 1; i < placed.size(); ++i) {
    const TensorEntry &before = *placed[i - 1], &tensor = *placed[i];
    if (tensor.offset - before.offset < before.bytes) {
      problems.add(label(tensor), ": data at offset ", tensor.offset, " overlaps ", label(before),
                   ", which takes ", before.bytes, " bytes from offset ", before.offset);
    }
  }
}

}  // namespace

uint64_t checked_bytes(const TensorEntry& tensor, Problems& problems) {
  const std::vector<int64_t>& dims = tensor.info.dims;
  const TensorType* type = find_tensor_type(tensor.info.type);
  if (!type) {
    problems.add(label(tensor), ": type ", tensor.info.type, " is unknown");
    return 0;
  }
  if (std::any_of(dims.begin(), dims.end(), [](int64_t dim) { return dim < 1; })) {
    problems.add(label(tensor), ": dimensions ", list(dims), ", each must be 1 to 2^63-1");
    return 0;
  }
  const auto row = static_cast<uint64_t>(dims.empty() ? 1 : dims.back());
  if (row % type->block_elements != 0) {
    problems.add(label(tensor), ": rows of ", row, " elements, ", type->name,
                 " needs a multiple of ", type->block_elements);
    return 0;
  }
  uint64_t bytes = 0;
  bool overflows = __builtin_mul_overflow(row / type->block_elements, type->block_bytes, &bytes);
  for (size_t i = 0; i + 1 < dims.size(); ++i) {
    overflows |= __builtin_mul_overflow(bytes, static_cast<uint64_t>(dims[i]), &bytes);
  }
  // The number of elements must fit too, which can be larger than that of bytes.
  constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
  if (overflows || bytes > kMost / type->block_elements) {
    problems.add(label(tensor), ": dimensions ", list(dims), " of ", type->name,
                 " are too large for any file");
    return 0;
  }
  return bytes;
}

void check_names(const std::vector<TensorEntry>& tensors, Problems& problems) {
  std::vector<std::string_view> names;
  names.reserve(tensors.size());
  for (const TensorEntry& tensor : tensors) {
    names.push_back(tensor.info.name);
    if (names.back().empty()) {
      problems.add("tensor ", names.size(), " of ", tensors.size(), ": has an empty name");
    }
  }
  std::sort(names.begin(), names.end());
  for (size_t i = 1; i < names.size(); ++i) {
    if (names[i] == names[i - 1] && !names[i].empty()) {
      problems.add("tensor ", quote(names[i]), " is there twice");
    }
  }
}

std::vector<TensorEntry> read_tensors(Reader& reader, size_t count, Problems& problems) {
  std::vector<TensorEntry> tensors;
  tensors.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    tensors.push_back(read_tensor(reader, i, count));
    tensors.back().bytes = checked_bytes(tensors.back(), problems);
  }
  check_names(tensors, problems);
  return tensors;
}

void place_tensors(std::vector<TensorEntry>& tensors, std::span<const std::byte> data,
                   uint64_t alignment, Problems& problems) {
  for (TensorEntry& tensor : tensors) {
    if (tensor.bytes == 0) continue;  // reported already
    if (tensor.offset % alignment != 0) {
      problems.add(label(tensor), ": data at offset ", tensor.offset,
                   ", expected a multiple of the alignment ", alignment);
    } else if (tensor.offset > data.size() || tensor.bytes > data.size() - tensor.offset) {
      problems.add(label(tensor), ": data of ", tensor.bytes, " bytes at offset ", tensor.offset,
                   " goes beyond the end of the file, which has ", data.size(), " bytes of data");
    } else {
      tensor.info.data = data.subspan(tensor.offset, tensor.bytes);
    }
  }
  check_overlaps(tensors, problems);
}

}  // namespace cria::gguf
