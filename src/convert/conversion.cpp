#include "convert/conversion.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "convert/block_sources.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

constexpr int64_t kPiece = int64_t{1} << 18;  // elements that are in memory at once
constexpr size_t kMostReported = 20;

void append(std::string& lines, std::string_view what, const std::vector<std::string>& names) {
  for (size_t i = 0; i < std::min(names.size(), kMostReported); ++i) {
    lines += concat("\n  ", what, ' ', names[i]);
  }
  if (names.size() > kMostReported) {
    lines += concat("\n  and ", names.size() - kMostReported, " more that are ", what);
  }
}

void write_cast(const Source& source, OutputType type, const gguf::Sink& sink) {
  const size_t size = element_bytes(source.dtype());
  std::vector<std::byte> in, out;
  for (int64_t begin = 0; begin < source.elements(); begin += kPiece) {
    const auto count = static_cast<size_t>(std::min(kPiece, source.elements() - begin));
    in.resize(count * size);
    out.resize(count * bytes_of(type));
    source.read(begin, in);
    if (const auto lost = cast(source.dtype(), in, type, out)) {
      fail(Code::kInvalidArgument, "tensor ", quote(source.name()), " holds ", *lost,
           ", which is too large for ", name_of(type), ": choose another --type");
    }
    sink(out);
  }
}

void write_mxfp4(const Source& source, OutputType, const gguf::Sink& sink) {
  std::vector<std::byte> blocks;
  for (int64_t begin = 0; begin < source.elements(); begin += kPiece) {
    const auto count = static_cast<size_t>(std::min(kPiece, source.elements() - begin));
    blocks.resize(count / 32 * 17);
    source.read(begin, blocks);
    sink(blocks);
  }
}

}  // namespace

Conversion::Conversion(const Config& config, const Checkpoint& checkpoint, gguf::Writer& file,
                       Settings settings)
    : whole_config_(config), checkpoint_(checkpoint), file_(file), settings_(std::move(settings)) {}

void Conversion::enter_config(std::string_view key) {
  inner_config_ = whole_config_.child(key);
  if (inner_config_) return;
  fail(Code::kNotFound, whole_config_.name(), ": ", key,
       " is absent, but the architecture needs it");
}

void Conversion::architecture(const std::string& name) {
  architecture_ = name;
  file_.metadata("general.architecture", name);
}

void Conversion::set(const std::string& key, gguf::StoredValue value) {
  file_.metadata(architecture_ + "." + key, std::move(value));
}

void Conversion::set_count(const std::string& key, int64_t value) {
  if (key == "vocab_size") vocabulary_ = value;
  set(key, static_cast<uint32_t>(value));
}

int64_t Conversion::vocabulary() const {
  CRIA_CHECK(vocabulary_ > 0);
  return vocabulary_;
}

const StoredTensor* Conversion::find(const std::string& name) {
  const StoredTensor* tensor = checkpoint_.find(name);
  if (tensor) taken_.insert(name);
  if (!tensor && !checkpoint_.is_adapter()) missing_.push_back(name);
  return tensor;
}

SourcePtr Conversion::take_scaled(const StoredTensor& numbers) {
  const auto quantization = whole_config().child("quantization_config");
  if (!quantization || !has(numbers.name + "_scale_inv")) {
    fail(Code::kUnsupported, "tensor ", quote(numbers.name),
         " is F8_E4M3 without scales of its blocks in ", quote(numbers.name + "_scale_inv"));
  }
  std::vector<int64_t> block = quantization->integers("weight_block_size");
  if (block.empty()) block = {128, 128};
  if (block.size() != 2 || block[0] < 1 || block[1] < 1) {
    quantization->corrupt("weight_block_size", "is no pair of sizes, expected rows and columns");
  }
  return scaled(numbers, take(numbers.name + "_scale_inv"), block);
}

SourcePtr Conversion::take_bytes(const std::string& name) {
  const StoredTensor* tensor = find(name);
  return tensor ? stored(*tensor) : nullptr;
}

SourcePtr Conversion::take(const std::string& name) {
  const StoredTensor* tensor = find(name);
  if (!tensor) return nullptr;
  if (tensor->dtype == "F8_E4M3") return take_scaled(*tensor);
  if (!can_cast(tensor->dtype)) {
    fail(Code::kUnsupported, "tensor ", quote(name), " is ", tensor->dtype,
         ", expected F64, F32, F16 or BF16");
  }
  return checkpoint_.source(*tensor);
}

bool Conversion::has_any_of(std::string_view beginning) const {
  const std::vector<StoredTensor>& all = checkpoint_.tensors();
  const auto first = std::ranges::lower_bound(all, beginning, {}, &StoredTensor::name);
  return first != all.end() && first->name.starts_with(beginning);
}

void Conversion::check_count(std::string_view field, int64_t count) const {
  // An adapter need not have a tensor for each of them.
  constexpr int64_t kMostAdapted = 4096;
  if (checkpoint_.is_adapter()) {
    if (count <= kMostAdapted) return;
    config().corrupt(field, "is ", count, ", expected at most ", kMostAdapted);
  }
  const auto most = static_cast<int64_t>(checkpoint_.tensors().size());
  if (count > most) {
    config().corrupt(field, "is ", count, ", but there are only ", most, " tensors");
  }
}

void Conversion::ignore(std::string_view ending) { ignored_.emplace_back(ending); }
void Conversion::ignore_all_of(std::string_view beginning) {
  ignored_beginnings_.emplace_back(beginning);
}

OutputType Conversion::type_of(const Source& source, Precision precision) const {
  if (source.shape().size() < 2 || precision == Precision::kF32) return OutputType::kF32;
  return settings_.type.value_or(nearest_type(source.kept()));
}

void Conversion::tensor(const std::string& name, const SourcePtr& source, Precision precision) {
  if (!source) return;
  if (checkpoint_.is_adapter()) return write_factors(name, source);
  const bool is_mxfp4 = source->dtype() == "MXFP4";
  if (is_mxfp4 && settings_.type) return tensor(name, mxfp4_as_floats(source), precision);
  write(name, source, type_of(*source, precision));
}

void Conversion::write_factors(const std::string& name, const SourcePtr& source) {
  const Factors* factors = source->factors();
  if (!factors && !has(source->name())) return;  // computed, so nothing adapts it
  if (!factors) {
    fail(Code::kUnsupported, "tensor ", quote(source->name()),
         " is adapted, but it is rearranged to become ", name,
         " in a way in which an adapter cannot be");
  }
  auto [a, b, of_embedding] = *factors;
  // Those of an embedding change places, so that the rows of the first can be looked up.
  if (of_embedding) std::tie(a, b) = std::pair(b, transposed(a));
  write(name + ".lora_a", a, type_of(*a, Precision::kAsAsked));
  write(name + ".lora_b", b, type_of(*b, Precision::kAsAsked));
}

void Conversion::write(const std::string& name, const SourcePtr& source, OutputType type) {
  written_[type] += source->elements();
  parameters_ += source->elements();
  file_.tensor(
      {name, static_cast<uint32_t>(type), source->shape(), [source, type](const gguf::Sink& sink) {
         (type == OutputType::kMxfp4 ? write_mxfp4 : write_cast)(*source, type, sink);
       }});
}

void Conversion::linear(const std::string& name, const std::string& from, bool bias,
                        const Change& change) {
  const auto one = [&](const char* part) {
    const SourcePtr source = take(from + part);
    tensor(name + part, change ? change(source) : source);
  };
  if (!change && name.starts_with("blk.")) layers_[name] = from;
  one(".weight");
  if (bias) one(".bias");
}

void Conversion::output(bool is_tied) {
  // An adapter of an output that is tied does not change the embeddings.
  if (!is_tied || checkpoint_.is_adapter()) return linear("output", "lm_head");
  // The class replaces what a file has by the embeddings, whatever it is.
  ignore("lm_head.weight");
}

Layer Conversion::layer(int64_t i, const std::string& from) {
  return {*this, concat("blk.", i, '.'), concat(from, '.', i, '.')};
}

bool Conversion::is_ignored(const std::string& name) const {
  return std::ranges::any_of(ignored_,
                             [&](const std::string& end) { return name.ends_with(end); }) ||
         std::ranges::any_of(ignored_beginnings_, [&](const std::string& beginning) {
           return name.starts_with(beginning);
         });
}

std::vector<std::string> Conversion::unused() const {
  std::vector<std::string> names;
  for (const auto& tensor : checkpoint_.tensors()) {
    if (!taken_.contains(tensor.name) && !is_ignored(tensor.name)) names.push_back(tensor.name);
  }
  return names;
}

void Conversion::finish() const {
  for (const auto& tensor : checkpoint_.tensors()) {
    if (!checkpoint_.is_adapter() || taken_.contains(tensor.name) || !is_ignored(tensor.name)) {
      continue;
    }
    notice(concat("what adapts ", quote(tensor.name),
                  " is left out: the file of the model does without this tensor"));
  }
  std::vector<std::string> left_over = unused();
  if (missing_.empty() && left_over.empty()) return;
  std::ranges::transform(left_over, left_over.begin(), quote);
  std::string lines;
  append(lines, "missing", missing_);
  append(lines, "unused", left_over);
  fail(Code::kCorrupt, checkpoint_.files().front(),
       checkpoint_.files().size() > 1 ? " and others" : "", ": the tensors do not fit what ",
       config().name(), " describes:", lines);
}

OutputType Conversion::main_type() const {
  const auto most =
      std::ranges::max_element(written_, {}, [](const auto& entry) { return entry.second; });
  return most == written_.end() ? OutputType::kF32 : most->first;
}

}  // namespace cria::convert
