// The numbers of safetensors tensors as floats and as ints.

#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/half.h"
#include "base/quote.h"
#include "fs/safetensors/dtypes.h"
#include "fs/safetensors/float8.h"
#include "fs/safetensors/safetensors.h"

namespace cria::safetensors {
namespace {

[[noreturn]] void fail_tensor(const File& file, const TensorInfo& tensor, const std::string& what) {
  fail(Error::Code::kInvalidArgument, file.path(), ": tensor ", quote(tensor.name), ": ", what);
}

const TensorInfo& get(const File& file, std::string_view name) {
  const TensorInfo* tensor = file.find(name);
  if (!tensor) fail(Error::Code::kNotFound, file.path(), ": no tensor ", quote(name));
  return *tensor;
}

// All elements, which are stored as T, each converted.
template <class T, class Result, class Convert>
std::vector<Result> converted(const TensorInfo& tensor, Convert convert) {
  std::vector<Result> out(tensor.data.size() / sizeof(T));
  for (size_t i = 0; i < out.size(); ++i) {
    T value;  // data may lie at any address
    std::memcpy(&value, tensor.data.data() + i * sizeof(T), sizeof(T));
    out[i] = convert(value);
  }
  return out;
}

template <class T>
std::vector<int32_t> ints_of(const File& file, const TensorInfo& tensor) {
  using Limits = std::numeric_limits<int32_t>;
  return converted<T, int32_t>(tensor, [&](T value) {
    // NOLINTNEXTLINE(bugprone-signed-char-misuse): int8_t is a number here, no character
    const auto result = static_cast<int32_t>(value);
    // Converting back shows lost bits, the sign a change of meaning between signed and unsigned.
    if (static_cast<T>(result) != value || (result < 0) != (value < T{0})) {
      fail_tensor(file, tensor,
                  concat("holds ", +value, ", expected ", Limits::min(), " to ", Limits::max()));
    }
    return result;
  });
}

std::vector<int32_t> bools_of(const File& file, const TensorInfo& tensor) {
  return converted<uint8_t, int32_t>(tensor, [&](uint8_t value) {
    if (value > 1) fail_tensor(file, tensor, concat("holds ", +value, ", expected 0 or 1"));
    return int32_t{value};
  });
}

[[noreturn]] void fail_kind(const File& file, const TensorInfo& tensor, std::string_view expected) {
  const uint64_t bits = bits_of(tensor.dtype);
  const std::string size = bits < 8 ? concat(", which has elements of ", bits, " bits") : "";
  fail_tensor(file, tensor, concat("is ", tensor.dtype, size, ", expected ", expected));
}

}  // namespace

std::vector<float> File::floats(std::string_view name) const {
  const TensorInfo& tensor = get(*this, name);
  const std::string_view dtype = tensor.dtype;
  if (dtype == "F32") return converted<float, float>(tensor, [](float x) { return x; });
  if (dtype == "F16") return converted<uint16_t, float>(tensor, half_to_float);
  if (dtype == "BF16") return converted<uint16_t, float>(tensor, bfloat16_to_float);
  if (dtype == "F64") {
    return converted<double, float>(tensor, [](double x) { return static_cast<float>(x); });
  }
  if (dtype == "F8_E4M3") return converted<uint8_t, float>(tensor, float8_e4m3);
  if (dtype == "F8_E5M2") return converted<uint8_t, float>(tensor, float8_e5m2);
  if (dtype == "F8_E4M3FNUZ") return converted<uint8_t, float>(tensor, float8_e4m3fnuz);
  if (dtype == "F8_E5M2FNUZ") return converted<uint8_t, float>(tensor, float8_e5m2fnuz);
  if (dtype == "F8_E8M0") return converted<uint8_t, float>(tensor, float8_e8m0);
  fail_kind(*this, tensor, "F64, F32, F16, BF16 or F8");
}

std::vector<int32_t> File::ints(std::string_view name) const {
  const TensorInfo& tensor = get(*this, name);
  const std::string_view dtype = tensor.dtype;
  if (dtype == "I8") return ints_of<int8_t>(*this, tensor);
  if (dtype == "U8") return ints_of<uint8_t>(*this, tensor);
  if (dtype == "I16") return ints_of<int16_t>(*this, tensor);
  if (dtype == "U16") return ints_of<uint16_t>(*this, tensor);
  if (dtype == "I32") return ints_of<int32_t>(*this, tensor);
  if (dtype == "U32") return ints_of<uint32_t>(*this, tensor);
  if (dtype == "I64") return ints_of<int64_t>(*this, tensor);
  if (dtype == "U64") return ints_of<uint64_t>(*this, tensor);
  if (dtype == "BOOL") return bools_of(*this, tensor);
  fail_kind(*this, tensor, "integers or BOOL");
}

}  // namespace cria::safetensors
