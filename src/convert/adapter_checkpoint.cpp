#include "convert/adapter_checkpoint.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "base/problems.h"
#include "base/quote.h"
#include "convert/cast.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// PEFT wraps the model that it adapts.
constexpr std::string_view kWrapper = "base_model.model.";

// MODULE.ENDING, by which a tensor's part is known.
struct Ending {
  std::string_view text;
  bool is_b, of_embedding;
};
constexpr std::array<Ending, 4> kEndings{{{".lora_A.weight", false, false},
                                          {".lora_B.weight", true, false},
                                          {".lora_embedding_A", false, true},
                                          {".lora_embedding_B", true, true}}};

const Ending* ending_of(std::string_view name) {
  for (const Ending& ending : kEndings) {
    if (name.ends_with(ending.text)) return &ending;
  }
  return nullptr;
}

struct Pair {
  const StoredTensor* a = nullptr;
  const StoredTensor* b = nullptr;
  bool of_embedding = false;
};

std::string problem_of(const StoredTensor& tensor) {
  const std::string name = quote(tensor.name);
  if (tensor.name.ends_with(".lora_magnitude_vector") ||
      tensor.name.ends_with(".lora_magnitude_vector.weight")) {
    return concat("tensor ", name, " belongs to DoRA, which is not supported");
  }
  if (!tensor.name.starts_with(kWrapper)) {
    return concat("tensor ", name, " has a name that does not begin with ", kWrapper);
  }
  if (!ending_of(tensor.name)) {
    return concat("tensor ", name,
                  " is no part of a low-rank term, expected names that end in .lora_A.weight, "
                  ".lora_B.weight, .lora_embedding_A or .lora_embedding_B: whole weights cannot be "
                  "part of an adapter's file, merge them into the model and convert that");
  }
  if (!can_cast(tensor.dtype)) {
    return concat("tensor ", name, " is ", tensor.dtype, ", expected F64, F32, F16 or BF16");
  }
  if (tensor.shape.size() != 2) {
    return concat("tensor ", name, " has ", tensor.shape.size(),
                  " dimensions, expected rows and columns");
  }
  return {};
}

std::map<std::string, Pair> pairs_of(const Checkpoint& stored) {
  std::map<std::string, Pair> pairs;
  Problems problems;
  for (const StoredTensor& tensor : stored.tensors()) {
    if (const std::string problem = problem_of(tensor); !problem.empty()) {
      problems.add(problem);
      continue;
    }
    const Ending& ending = *ending_of(tensor.name);
    std::string module = tensor.name.substr(kWrapper.size());
    module.resize(module.size() - ending.text.size());
    Pair& pair = pairs[module];
    const StoredTensor*& part = ending.is_b ? pair.b : pair.a;
    if (part) problems.add("module ", quote(module), " is adapted twice");
    part = &tensor;
    pair.of_embedding = ending.of_embedding;
  }
  for (const auto& [module, pair] : pairs) {
    if (!pair.a) problems.add("module ", quote(module), " has B, but A is missing");
    if (!pair.b) problems.add("module ", quote(module), " has A, but B is missing");
  }
  if (pairs.empty() && problems.empty()) problems.add("has no tensors");
  problems.report(stored.files().front(), Code::kUnsupported);
  return pairs;
}

StoredTensor turned(const StoredTensor& tensor) {
  StoredTensor result = tensor;
  const std::vector<int64_t> strides =
      tensor.strides.empty() ? std::vector<int64_t>{tensor.shape[1], 1} : tensor.strides;
  result.shape = {tensor.shape[1], tensor.shape[0]};
  result.strides = {strides[1], strides[0]};
  return result;
}

}  // namespace

AdapterCheckpoint::AdapterCheckpoint(const Checkpoint& stored, const AdapterConfig& config)
    : stored_(stored) {
  const std::map<std::string, Pair> pairs = pairs_of(stored);
  turned_.reserve(2 * pairs.size());  // sources refer to them
  for (const auto& [module, pair] : pairs) {
    Factors factors{convert::stored(*pair.a), convert::stored(*pair.b), pair.of_embedding};
    if (pair.of_embedding) {
      // Theirs are of the matrix with a column for each row that can be looked up.
      factors.a = convert::stored(turned_.emplace_back(turned(*pair.b)));
      factors.b = convert::stored(turned_.emplace_back(turned(*pair.a)));
    }
    const std::string name = module + ".weight";
    const SourcePtr whole = product(name, factors);
    const double factor = config.factor(module, factors.b->shape()[1]);
    if (factor != 1) factors.b = times(factors.b, static_cast<float>(factor));
    tensors_.push_back({name, whole->dtype(), whole->shape(), {}, {}});
    factors_.emplace(name, std::move(factors));
  }
  std::ranges::sort(tensors_, {}, &StoredTensor::name);
}

SourcePtr AdapterCheckpoint::source(const StoredTensor& tensor) const {
  return product(tensor.name, factors_.find(tensor.name)->second);
}

}  // namespace cria::convert
