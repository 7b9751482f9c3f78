#include "cmd/quantize.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "cmd/format.h"
#include "cmd/interrupt.h"
#include "cmd/open_model.h"
#include "cmd/output.h"
#include "cmd/output_file.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"
#include "cmd/table.h"
#include "fs/gguf/names.h"
#include "fs/gguf/write_parts.h"
#include "quantize/quantizer.h"

namespace cria::cmd {
namespace {

using quantize::TensorReport;

void check_output(const std::string& input, const QuantizeOptions& options) {
  std::error_code error;
  if (std::filesystem::equivalent(input, options.output, error)) {
    fail(Error::Code::kInvalidArgument, options.output, ": is the input, expected another file");
  }
  check_output_file(options.output, options.force);
}

std::string types_text(const TensorReport& tensor) {
  const std::string to = gguf::tensor_type_name(tensor.to);
  return tensor.is_changed ? concat(gguf::tensor_type_name(tensor.from), " -> ", to) : to;
}

std::string scientific(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3e", value);
  return text;
}

std::string shape_text(const std::vector<int64_t>& dims) {
  std::string text;
  for (const int64_t dim : dims) append_item(text, ", ", std::to_string(dim));
  return concat('[', text, ']');
}

void print_tensors(const std::vector<TensorReport>& report, bool with_loss) {
  constexpr auto kLeft = Table::Align::kLeft, kRight = Table::Align::kRight;
  Table table({kLeft, kLeft, kLeft, kRight, kRight, kRight});
  table.row({"TENSOR", "SHAPE", "TYPE", "BYTES", "RMSE", "NMSE"});
  for (const TensorReport& tensor : report) {
    const bool told = with_loss && tensor.is_changed;
    table.row({tensor.name, shape_text(tensor.dims), types_text(tensor),
               std::to_string(tensor.bytes_after), told ? scientific(tensor.loss.rmse()) : "",
               told ? scientific(tensor.loss.nmse()) : ""});
  }
  print(concat(table.text(), "\n"));
}

// A line for all tensors that went from one type to another, and one for the whole.
void print_summary(const std::vector<TensorReport>& report, bool with_loss) {
  struct Group {
    int64_t tensors = 0, elements = 0, before = 0, after = 0;
    quantize::Loss loss;

    void add(const TensorReport& tensor) {
      int64_t count = 1;
      for (const int64_t dim : tensor.dims) count *= dim;
      ++tensors;
      elements += count;
      before += tensor.bytes_before;
      after += tensor.bytes_after;
      loss += tensor.loss;
    }
  };
  std::map<std::pair<uint32_t, uint32_t>, Group> groups;
  Group all;
  for (const TensorReport& tensor : report) {
    groups[{tensor.to, tensor.from}].add(tensor);
    all.add(tensor);
  }
  constexpr auto kLeft = Table::Align::kLeft, kRight = Table::Align::kRight;
  Table table({kLeft, kRight, kRight, kRight, kRight, kRight});
  table.row({"TYPE", "TENSORS", "SIZE", "BITS/WEIGHT", "RMSE", "NMSE"});
  const auto row = [&](const std::string& type, const Group& group) {
    const double bits = 8 * static_cast<double>(group.after) /
                        static_cast<double>(std::max<int64_t>(1, group.elements));
    const bool told = with_loss && group.loss.elements > 0;
    table.row({type, std::to_string(group.tensors), size_text(group.after), fixed(bits, 2),
               told ? scientific(group.loss.rmse()) : "",
               told ? scientific(group.loss.nmse()) : ""});
  };
  for (const auto& [types, group] : groups) {
    const auto& [to, from] = types;
    const std::string name = gguf::tensor_type_name(to);
    row(to == from ? name : concat(gguf::tensor_type_name(from), " -> ", name), group);
  }
  row(concat("all (", size_text(all.before), " before)"), all);
  print(table.text());
}

}  // namespace

int quantize(const QuantizeOptions& options) {
  const std::string input = model_path(options.input);
  quantize::Options how{.preset = &quantize::find_preset(options.type),
                        .pure = options.pure,
                        .requantize = options.requantize,
                        .threads = options.threads,
                        .notice = [](const std::string& text) { notice(text); }};
  for (const std::string& text : options.overrides)
    how.overrides.push_back(quantize::parse_override(text));
  const auto file = gguf::File::open(input);
  if (!options.dry_run) check_output(input, options);
  std::optional<quantize::ImportanceMatrix> importance;
  if (!options.imatrix.empty()) {
    importance = quantize::read_importance(options.imatrix);
    how.importance = &*importance;
  }

  const Stopwatch watch;
  quantize::Quantizer quantizer(how);
  const gguf::Writer source = quantize::copy_of(*file), result = quantizer(source);
  if (!options.dry_run) {
    const InterruptHandler interrupts;  // so that an interrupt leaves no half of a file
    Progress progress("quantizing");
    for (const std::string& part : gguf::part_paths(result, options.output, options.part_bytes))
      check_output_file(part, options.force);
    gguf::write_parts(result, options.output, options.part_bytes,
                      {.progress =
                           [&](uint64_t done, uint64_t total) {
                             progress.set(done, total);
                             return !take_interrupt();
                           },
                       .check = [](const std::string& path) { gguf::File::open(path); }});
  }
  if (options.verbose) print_tensors(quantizer.report(), !options.dry_run);
  print_summary(quantizer.report(), !options.dry_run);
  if (!options.dry_run)
    print(concat("wrote ", options.output, " in ", duration_text(watch.seconds()), "\n"));
  return 0;
}

}  // namespace cria::cmd
