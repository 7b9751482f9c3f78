#pragma once
// A pickle interpreter for PyTorch's checkpoints. It can build tensors, dictionaries, lists,
// tuples, texts and numbers, and knows no way to call or import anything else.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cria::pytorch {

enum class Kind : uint8_t {
  kNone,
  kBoolean,
  kInteger,
  kReal,
  kText,
  kTuple,
  kList,
  kDictionary,  // items: key, value, key, value, ...
  kGlobal,      // one of those that are known; text: "torch FloatStorage"
  kStorage,     // text: its key; items: type (a global), number of elements
  kTensor,      // items: storage, offset, sizes, strides, and in newer files the type (a global)
};

// A value. Others that it holds are numbers of values, so that cycles and depth do no harm.
struct Object {
  Kind kind = Kind::kNone;
  int64_t integer = 0;  // of booleans too
  double real = 0;
  std::string_view text{};  // inside the pickle
  std::vector<uint32_t> items{};
};

struct Pickle {
  std::vector<Object> objects;
  uint32_t root = 0;

  const Object& operator[](uint32_t index) const { return objects[index]; }
};

// Corrupt: truncated, or what no pickler writes. Unsupported: instructions and globals beyond the
// above, by name; more than fits the limits. `bytes` outlive the result; `file` is for messages.
Pickle read_pickle(std::span<const std::byte> bytes, const std::string& file);

}  // namespace cria::pytorch
