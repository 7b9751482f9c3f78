#include "cmd/show.h"

#include "base/log.h"
#include "cmd/format.h"
#include "cmd/metadata_text.h"
#include "cmd/open_model.h"
#include "cmd/output.h"
#include "cmd/show_json.h"
#include "cmd/summary_text.h"
#include "cmd/table.h"
#include "fs/gguf/gguf.h"
#include "fs/gguf/names.h"

namespace cria::cmd {
namespace {

void print_metadata(const gguf::File& file) {
  Table table({}, "    ");
  for (const auto& [key, value] : file.metadata()) table.row({escape(key), metadata_text(value)});
  print(section("Metadata", table));
}

void print_tensors(const gguf::File& file) {
  Table table({Table::Align::kLeft, Table::Align::kLeft, Table::Align::kLeft, Table::Align::kRight},
              "    ");
  table.row({"NAME", "SHAPE", "TYPE", "BYTES"});
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    table.row({escape(tensor.name), shape_text(tensor.dims), gguf::tensor_type_name(tensor.type),
               std::to_string(tensor.data.size())});
  }
  print(section("Tensors", table));
}

}  // namespace

int show(const ShowOptions& options) {
  const auto file = gguf::File::open(model_path(options.model));
  log::debug("opened ", file->path(), ": GGUF version ", file->version(), ", ",
             file->metadata().size(), " metadata keys, ", file->tensors().size(), " tensors");
  if (options.json) {
    print(show_json(*file, options.metadata, options.tensors));
    return 0;
  }
  print(summary_text(summarize(*file)));
  if (options.metadata) print_metadata(*file);
  if (options.tensors) print_tensors(*file);
  return 0;
}

}  // namespace cria::cmd
