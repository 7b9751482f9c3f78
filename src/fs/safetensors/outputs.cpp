#include "fs/safetensors/outputs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"
#include "fs/safetensors/dtypes.h"

namespace cria::safetensors {
namespace {

[[noreturn]] void refuse(const std::string& path, const Output& tensor, const std::string& what) {
  fail(Error::Code::kInvalidArgument, path, ": tensor ", quote(tensor.name), ": ", what);
}

bool is_utf8(const std::string& text) {
  try {
    static_cast<void>(nlohmann::json(text).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

void check(const std::string& path, const Output& tensor) {
  if (!is_utf8(tensor.name)) refuse(path, tensor, "name is not UTF-8");
  uint64_t bits = bits_of(tensor.dtype);
  if (bits == 0) refuse(path, tensor, concat("dtype ", quote(tensor.dtype), " is unknown"));
  bool wrong = false;
  for (const int64_t dim : tensor.shape) {
    wrong |= dim < 0;
    wrong |= __builtin_mul_overflow(bits, static_cast<uint64_t>(dim), &bits);
  }
  if (wrong || bits % 8 != 0 || bits / 8 != tensor.data.size()) {
    refuse(path, tensor,
           concat("has ", tensor.data.size(), " bytes, which its shape and dtype do not take"));
  }
}

void check_names(const std::string& path, std::span<const Output> tensors) {
  std::vector<const Output*> sorted;
  for (const Output& tensor : tensors) sorted.push_back(&tensor);
  std::sort(sorted.begin(), sorted.end(),
            [](const Output* a, const Output* b) { return a->name < b->name; });
  for (size_t i = 0; i < sorted.size(); ++i) {
    const bool repeats = i > 0 && sorted[i]->name == sorted[i - 1]->name;
    if (repeats || sorted[i]->name == "__metadata__") refuse(path, *sorted[i], "name is taken");
  }
}

}  // namespace

void check_outputs(const std::string& path, std::span<const Output> tensors) {
  for (const Output& tensor : tensors) check(path, tensor);
  check_names(path, tensors);
}

}  // namespace cria::safetensors
