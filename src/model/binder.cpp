#include "model/binder.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "ml/formats.h"

namespace cria::model {
namespace {

constexpr size_t kMostReported = 20;

std::string report(std::string_view title, const std::vector<std::string>& lines) {
  std::string text(title);
  for (size_t i = 0; i < std::min(lines.size(), kMostReported); ++i) text += "\n  " + lines[i];
  if (lines.size() > kMostReported)
    text += concat("\n  and ", lines.size() - kMostReported, " more");
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text = names[0];
  for (size_t i = 1; i < names.size(); ++i) text += " (or " + names[i] + ")";
  return text;
}

}  // namespace

FileBinder::FileBinder(const gguf::File& file, std::span<Adapter> adapters)
    : file_(file), adapters_(adapters) {
  for (const gguf::TensorInfo& info : file.tensors()) tensors_.emplace(info.name, &info);
}

void FileBinder::tensor(const std::vector<std::string>& names, const ml::Shape& shape,
                        bool optional, ml::Tensor& out) {
  for (const std::string& name : names) {
    if (const auto found = bound_.find(name); found != bound_.end()) {
      out = {nullptr, found->second};  // tied to a weight that was named before
      return;
    }
    if (const auto found = tensors_.find(name); found != tensors_.end())
      return take(*found->second, shape, out);
  }
  if (!optional) misfits_.push_back(concat("missing  ", joined(names), ' ', shape));
}

// An adapter of a matrix that is tied to another one is not one of both: the best name counts.
void FileBinder::low_rank(const std::vector<std::string>& names, const ml::Shape& shape,
                          nn::LowRank& out) {
  const bool is_there =
      std::ranges::any_of(names, [&](const std::string& name) { return tensors_.contains(name); });
  if (!is_there) return;
  for (Adapter& adapter : adapters_) adapter.adapt(names[0], shape, out);
}

void FileBinder::take(const gguf::TensorInfo& info, const ml::Shape& expected, ml::Tensor& out) {
  ml::Node& node = nodes_.emplace_back();
  node.op = ml::Op::kWeight;
  node.name = info.name;
  node.shape = ml::Shape(info.dims);
  node.data = info.data.data();
  bound_.emplace(info.name, &node);
  out = {nullptr, &node};
  if (node.shape != expected) {
    misfits_.push_back(concat("shape    ", info.name, " is ", node.shape, ", expected ", expected));
  }
  const std::optional<ml::DType> type = ml::dtype_from_gguf(info.type);
  const bool is_real = type && *type != ml::DType::kI32;  // integers are ids and positions
  if (is_real) {
    node.dtype = *type;
  } else {
    unsupported_.push_back(
        concat("type     ", info.name, " has GGUF type ", info.type, ", which is not supported"));
  }
}

void FileBinder::leave(std::string_view name) { left_.push_back(concat(name, '.')); }

WeightNodes FileBinder::finish() {
  std::vector<std::string> lines = misfits_;
  for (const gguf::TensorInfo& info : file_.tensors()) {
    const bool is_left = std::ranges::any_of(
        left_, [&](const std::string& start) { return info.name.starts_with(start); });
    if (!is_left && !bound_.contains(info.name)) lines.push_back("unused   " + info.name);
  }
  const bool corrupt = !lines.empty();
  lines.insert(lines.end(), unsupported_.begin(), unsupported_.end());
  if (!lines.empty()) {
    fail(corrupt ? Error::Code::kCorrupt : Error::Code::kUnsupported,
         report(concat(file_.path(), ": the weights do not fit the architecture:"), lines));
  }
  return std::move(nodes_);
}

RandomBinder::RandomBinder(uint64_t seed, ml::DType matrix_type, bool with_optional)
    : state_(seed), matrix_type_(matrix_type), with_optional_(with_optional) {}

// SplitMix64, mapped to -1 .. 1.
float RandomBinder::next() {
  uint64_t z = state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return static_cast<float>(static_cast<int64_t>(z ^ (z >> 31))) * 0x1p-63f;
}

void RandomBinder::tensor(const std::vector<std::string>& names, const ml::Shape& shape,
                          bool optional, ml::Tensor& out) {
  for (const std::string& name : names) {
    if (const auto found = bound_.find(name); found != bound_.end()) {
      out = {nullptr, found->second};
      return;
    }
  }
  if (optional && !with_optional_) return;
  const bool matrix = shape.rank() > 1 && shape[-1] % ml::info(matrix_type_).block_elements == 0;
  ml::Node& node = nodes_.emplace_back();
  node.op = ml::Op::kWeight;
  node.name = names[0];
  node.shape = shape;
  node.dtype = matrix ? matrix_type_ : ml::DType::kF32;

  // Vectors lie around 1 as norms do; matrices keep the size of what they are multiplied with.
  std::vector<float> values(static_cast<size_t>(shape.size()));
  const float size = shape.rank() > 1 ? std::sqrt(3.f / static_cast<float>(shape[-1])) : 0.1f;
  for (float& value : values) value = next() * size + (shape.rank() > 1 ? 0.f : 1.f);
  std::vector<std::byte>& data =
      data_.emplace_back(static_cast<size_t>(ml::row_bytes(node.dtype, shape.size())));
  ml::quantize(node.dtype, values, data.data());
  node.data = data.data();
  bound_.emplace(node.name, &node);
  out = {nullptr, &node};
}

}  // namespace cria::model
