#include "model/adapter.h"

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "ml/dtype.h"

namespace cria::model {
namespace {

using Code = Error::Code;

constexpr std::string_view kA = ".lora_a", kB = ".lora_b";

void check_kind(const gguf::File& file, const std::string& architecture) {
  if (!is_adapter(file)) {
    fail(Code::kInvalidArgument, file.path(), ": is no adapter: general.type is ",
         quote(file.text("general.type").value_or("")), ", expected \"adapter\"");
  }
  const std::string_view type = file.text("adapter.type").value_or("");
  if (type != "lora") {
    fail(Code::kUnsupported, file.path(), ": adapter.type is ", quote(type), ", expected \"lora\"");
  }
  if (file.metadata().contains("adapter.alora.invocation_tokens")) {
    fail(Code::kUnsupported, file.path(),
         ": has adapter.alora.invocation_tokens: adapters that begin to work within a text are not "
         "supported");
  }
  const std::string_view made_for = file.text("general.architecture").value_or("");
  if (made_for != architecture) {
    fail(Code::kInvalidArgument, file.path(), ": adapts models of the architecture ",
         quote(made_for), ", but the model is ", quote(architecture));
  }
}

// What a term's matrix should be, whose rank is not given.
std::string expected(std::span<const int64_t> dims, size_t rank_at) {
  std::string text;
  for (size_t i = 0; i < dims.size(); ++i) {
    text += concat(text.empty() ? "" : ", ", i == rank_at ? "rank" : std::to_string(dims[i]));
  }
  return concat('[', text, ']');
}

}  // namespace

bool is_adapter(const gguf::File& file) { return file.text("general.type") == "adapter"; }

Adapter::Adapter(std::unique_ptr<gguf::File> file, float scale, const std::string& architecture)
    : file_(std::move(file)), scale_(scale) {
  check_kind(*file_, architecture);
  alpha_ = read_alpha();
  find_pairs();
}

float Adapter::read_alpha() const {
  constexpr std::string_view kKey = "adapter.lora.alpha";
  const std::optional<double> alpha = file_->real(kKey);
  if (!alpha) fail(Code::kCorrupt, file_->path(), ": metadata ", kKey, " is absent");
  const auto value = static_cast<float>(*alpha);
  if (!std::isfinite(value) || value == 0) {
    fail(Code::kCorrupt, file_->path(), ": metadata ", kKey, " is ", *alpha,
         ", expected a finite number other than 0");
  }
  return value;
}

void Adapter::find_pairs() {
  if (file_->tensors().empty()) problems_.add("has no tensors, expected pairs of them");
  for (const gguf::TensorInfo& info : file_->tensors()) {
    const bool is_a = info.name.ends_with(kA);
    if (!is_a && !info.name.ends_with(kB)) {
      problems_.add("unknown tensor ", quote(info.name), ", expected names that end in ", kA,
                    " or ", kB);
      continue;
    }
    Pair& pair = pairs_[info.name.substr(0, info.name.size() - kA.size())];
    (is_a ? pair.a : pair.b) = &info;
  }
  std::erase_if(pairs_, [&](const auto& entry) {
    const auto& [name, pair] = entry;
    if (!pair.a) problems_.add("missing ", name, kA, ", as there is ", name, kB);
    if (!pair.b) problems_.add("missing ", name, kB, ", as there is ", name, kA);
    return !pair.a || !pair.b;
  });
}

ml::Tensor Adapter::bind(const gguf::TensorInfo& info) {
  const std::optional<ml::DType> type = ml::dtype_from_gguf(info.type);
  if (!type || *type == ml::DType::kI32) {
    problems_.add("tensor ", quote(info.name), " has GGUF type ", info.type,
                  ", which is not supported");
    return {};
  }
  ml::Node& node = nodes_.emplace_back();
  node.op = ml::Op::kWeight;
  node.dtype = *type;
  node.name = info.name;
  node.shape = ml::Shape(info.dims);
  node.data = info.data.data();
  return {nullptr, &node};
}

void Adapter::adapt(const std::string& name, const ml::Shape& shape, nn::LowRank& to) {
  const auto found = pairs_.find(name);
  if (found == pairs_.end()) return;
  Pair& pair = found->second;
  pair.is_used = true;
  // Where the rank stands in A and in B, and what stands around it.
  const auto last = static_cast<size_t>(shape.rank()) - 1;
  std::vector<int64_t> a(shape.dims().begin(), shape.dims().end()), b = a;
  const bool is_embedding = to.of == nn::LowRank::Of::kEmbedding;
  const size_t rank_of_a = is_embedding ? last : last - 1;
  if (is_embedding) std::swap(b[0], b[1]);
  const size_t before = problems_.count();
  const auto check = [&](const gguf::TensorInfo& info, std::vector<int64_t>& dims, size_t at) {
    const bool fits = info.dims.size() == dims.size();
    if (fits) dims[at] = info.dims[at];
    if (fits && info.dims == dims && dims[at] > 0) return;
    problems_.add("tensor ", quote(info.name), " has shape ", ml::Shape(info.dims), ", expected ",
                  expected(dims, at), ", as ", name, " is ", shape);
  };
  check(*pair.a, a, rank_of_a);
  check(*pair.b, b, last);
  if (problems_.count() != before) return;
  if (a[rank_of_a] != b[last]) {
    problems_.add("tensors ", name, kA, " and ", kB, " have ranks ", a[rank_of_a], " and ", b[last],
                  ", expected the same");
    return;
  }
  const ml::Tensor factor_a = bind(*pair.a), factor_b = bind(*pair.b);
  if (!factor_a || !factor_b) return;
  to.terms.push_back({factor_a, factor_b, scale_ * alpha_ / static_cast<float>(b[last])});
}

void Adapter::finish() {
  for (const auto& [name, pair] : pairs_) {
    if (!pair.is_used) {
      problems_.add("adapts ", quote(name), ", which the model does not have or cannot adapt");
    }
  }
  problems_.report(file_->path());
}

}  // namespace cria::model
