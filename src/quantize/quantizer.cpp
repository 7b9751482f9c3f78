#include "quantize/quantizer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "base/cores.h"
#include "base/error.h"
#include "base/mapped_file.h"
#include "base/problems.h"
#include "base/quote.h"
#include "fs/gguf/tensor_types.h"
#include "quantize/mix.h"
#include "quantize/pattern.h"

namespace cria::quantize {
namespace {

using Code = Error::Code;
using ml::DType;

std::string type_name(uint32_t id) {
  const gguf::TensorType* type = gguf::find_tensor_type(id);
  return type ? std::string(type->name) : concat("type ", id);
}

int64_t elements_of(const gguf::OutputTensor& tensor) {
  int64_t count = 1;
  for (const int64_t dim : tensor.dims) count *= dim;
  return count;
}

int64_t bytes_of(uint32_t id, int64_t elements) {
  const gguf::TensorType* type = gguf::find_tensor_type(id);
  CRIA_CHECK(type);  // the writer or reader has checked it
  return elements / static_cast<int64_t>(type->block_elements) *
         static_cast<int64_t>(type->block_bytes);
}

// What described the source: where it was split, its types, its importance matrix.
bool is_outdated(const std::string& key) {
  return key.starts_with("split.") || key.starts_with("quantize.imatrix.") ||
         key == "general.file_type" || key == "general.quantization_version" ||
         key == "general.alignment";
}

}  // namespace

struct Quantizer::Choice {
  std::optional<DType> type;    // none: as it is
  std::optional<DType> wanted;  // before looking at rows
};

Override parse_override(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == 0 || equals == std::string::npos) {
    fail(Code::kInvalidArgument, "--tensor ", quote(text), ", expected PATTERN=TYPE");
  }
  return {text.substr(0, equals), find_type(std::string_view(text).substr(equals + 1))};
}

Quantizer::Quantizer(const Options& options)
    : options_(options), pool_(options.threads > 0 ? options.threads : usable_cores()) {
  CRIA_CHECK(options.preset);
}

gguf::Writer Quantizer::operator()(const gguf::Writer& source) {
  const std::vector<Choice> choices = choose(source);
  check_readable(source, choices);
  take_importance(source, choices);
  tell_of_fallbacks(source, choices);
  gguf::Writer result;
  write_metadata(source, result);
  report_.clear();
  for (size_t i = 0; i < choices.size(); ++i) {
    const gguf::OutputTensor& tensor = source.tensors()[i];
    const int64_t elements = elements_of(tensor);
    TensorReport report{.name = tensor.name,
                        .dims = tensor.dims,
                        .from = tensor.type,
                        .to = tensor.type,
                        .bytes_before = bytes_of(tensor.type, elements)};
    if (choices[i].type) report.to = static_cast<uint32_t>(ml::info(*choices[i].type).gguf_id);
    report.is_changed = report.to != report.from;
    report.bytes_after = bytes_of(report.to, elements);
    result.tensor(report.is_changed ? changed(tensor, *choices[i].type, i) : tensor);
    report_.push_back(std::move(report));
  }
  return result;
}

std::vector<Quantizer::Choice> Quantizer::choose(const gguf::Writer& source) const {
  ModelFacts facts = facts_of(source);
  facts.has_importance = options_.importance != nullptr;
  std::vector<Choice> choices(source.tensors().size());
  int64_t values = 0;
  // Layers may be stored in any order, but count in their own.
  for (const size_t i : in_order_of_layers(source)) {
    const gguf::OutputTensor& tensor = source.tensors()[i];
    if (is_quantizable(tensor)) {
      choices[i].wanted = options_.pure ? options_.preset->type
                                        : type_in_mix(*options_.preset, facts, tensor, values);
    }
    values += tensor.name.ends_with("attn_v.weight");
  }
  apply_overrides(source, choices);
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].wanted)
      choices[i].type = fitting_type(*choices[i].wanted, source.tensors()[i].dims.back());
  }
  return choices;
}

void Quantizer::apply_overrides(const gguf::Writer& source, std::vector<Choice>& choices) const {
  Problems problems;
  for (const Override& override : options_.overrides) {
    size_t matrices = 0, others = 0;
    for (size_t i = 0; i < choices.size(); ++i) {
      const gguf::OutputTensor& tensor = source.tensors()[i];
      if (!fits(override.pattern, tensor.name)) continue;
      const bool is_matrix = tensor.dims.size() >= 2;
      if (is_matrix) choices[i].wanted = override.type;
      ++(is_matrix ? matrices : others);
    }
    if (matrices > 0) continue;
    if (others > 0) {
      problems.add("--tensor ", quote(override.pattern),
                   " fits only vectors, which stay as they are");
    } else {
      problems.add("--tensor ", quote(override.pattern),
                   " fits no tensor, expected whole names in which * stands for any text");
    }
  }
  problems.report("overrides", Code::kInvalidArgument);
}

void Quantizer::check_readable(const gguf::Writer& source,
                               const std::vector<Choice>& choices) const {
  for (size_t i = 0; i < choices.size(); ++i) {
    const gguf::OutputTensor& tensor = source.tensors()[i];
    if (!choices[i].type) continue;
    if (tensor.type == static_cast<uint32_t>(ml::info(*choices[i].type).gguf_id)) continue;
    const auto from = ml::dtype_from_gguf(tensor.type);
    if (!from || *from == DType::kI32) {
      fail(Code::kUnsupported, "tensor ", quote(tensor.name), " is ", type_name(tensor.type),
           ", which cannot be read");
    }
    if (ml::is_quantized(*from) && !options_.requantize) {
      fail(Code::kInvalidArgument, "tensor ", quote(tensor.name), " is ", ml::info(*from).name,
           " already: to quantize it again loses more than to begin from f16 or f32; --requantize "
           "does it all the same");
    }
  }
}

void Quantizer::tell_of_fallbacks(const gguf::Writer& source,
                                  const std::vector<Choice>& choices) const {
  std::map<std::tuple<DType, DType, int64_t>, int> counts;
  for (size_t i = 0; i < choices.size(); ++i) {
    const Choice& choice = choices[i];
    if (choice.type != choice.wanted)
      ++counts[{*choice.wanted, *choice.type, source.tensors()[i].dims.back()}];
  }
  if (!options_.notice) return;
  for (const auto& [key, count] : counts) {
    const auto [wanted, type, row] = key;
    options_.notice(concat(count, count == 1 ? " tensor has" : " tensors have", " rows of ", row,
                           " elements, no multiple of ", ml::info(wanted).block_elements, ": ",
                           ml::info(type).name, " instead of ", ml::info(wanted).name));
  }
}

void Quantizer::take_importance(const gguf::Writer& source, const std::vector<Choice>& choices) {
  importance_.assign(choices.size(), {});
  if (!options_.importance) return;
  const ImportanceMatrix& matrix = *options_.importance;
  std::vector<std::string> without;
  size_t with = 0;
  for (size_t i = 0; i < choices.size(); ++i) {
    const gguf::OutputTensor& tensor = source.tensors()[i];
    if (!choices[i].type || !ml::is_quantized(*choices[i].type)) continue;
    const auto entry = matrix.entries.find(tensor.name);
    if (entry == matrix.entries.end()) {
      without.push_back(tensor.name);
      continue;
    }
    const int64_t row = tensor.dims.back(), matrices = tensor.dims.size() > 2 ? tensor.dims[0] : 1;
    const auto size = static_cast<int64_t>(entry->second.sums.size());
    if (size != row && size != row * matrices) {
      fail(Code::kInvalidArgument, matrix.path, ": has ", size, " columns for ", quote(tensor.name),
           ", expected ", row * matrices, ": it is of another model");
    }
    importance_[i] = entry->second.means();
    ++with;
  }
  if (with == 0 && !without.empty()) {
    fail(Code::kInvalidArgument, matrix.path, ": knows none of the model's matrices, such as ",
         quote(without.front()), ": it is of another model");
  }
  if (!without.empty() && options_.notice) {
    options_.notice(concat(matrix.path, ": knows nothing of ", without.size(), " of ",
                           with + without.size(), " matrices, such as ", without.front()));
  }
}

void Quantizer::write_metadata(const gguf::Writer& source, gguf::Writer& result) const {
  for (const auto& [key, value] : source.metadata()) {
    if (!is_outdated(key)) result.metadata(key, value);
  }
  result.metadata("general.file_type", static_cast<uint32_t>(options_.preset->file_type));
  result.metadata("general.quantization_version", uint32_t{2});
  if (!options_.importance) return;
  const ImportanceMatrix& matrix = *options_.importance;
  result.metadata("quantize.imatrix.file", matrix.path);
  if (!matrix.datasets.empty())
    result.metadata("quantize.imatrix.dataset", matrix.datasets.front());
  result.metadata("quantize.imatrix.entries_count", static_cast<uint32_t>(matrix.entries.size()));
  if (matrix.chunks > 0) result.metadata("quantize.imatrix.chunks_count", matrix.chunks);
}

gguf::OutputTensor Quantizer::changed(const gguf::OutputTensor& source, ml::DType to,
                                      size_t index) {
  gguf::OutputTensor result = source;
  result.type = static_cast<uint32_t>(ml::info(to).gguf_id);
  result.produce = [this, source, to, index](const gguf::Sink& sink) {
    RowConverter converter({.tensor = source.name,
                            .from = *ml::dtype_from_gguf(source.type),
                            .to = to,
                            .row = source.dims.back(),
                            .matrix_rows = source.dims[source.dims.size() - 2],
                            .importance = importance_[index]},
                           pool_, sink);
    source.produce([&](std::span<const std::byte> piece) { converter.write(piece); });
    report_[index].loss = converter.loss();
  };
  return result;
}

gguf::Writer copy_of(const gguf::File& file) {
  gguf::Writer copy;
  for (auto& [key, value] : gguf::stored_metadata(file.path())) {
    const bool stays = key != "general.alignment" && !key.starts_with("split.");
    if (stays) copy.metadata(key, std::move(value));
  }
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    copy.tensor({tensor.name, tensor.type, tensor.dims, [&tensor](const gguf::Sink& sink) {
                   constexpr size_t kPiece = size_t{1} << 24;
                   for (auto left = tensor.data; !left.empty();) {
                     const auto piece = left.first(std::min(kPiece, left.size()));
                     sink(piece);
                     MappedFile::forget(piece);
                     left = left.subspan(piece.size());
                   }
                 }});
  }
  return copy;
}

}  // namespace cria::quantize
