#include "convert/adapter.h"

#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "convert/adapter_checkpoint.h"
#include "convert/architecture.h"
#include "convert/general.h"
#include "convert/planned_file.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

constexpr std::string_view kConfig = "adapter_config.json";

// Of the model only its config.json is needed.
Config base_config(const AdapterConfig& adapter, const Options& options) {
  std::string base = options.base;
  if (base.empty()) {
    base = adapter.base();
    std::error_code error;
    if (!std::filesystem::is_directory(base, error)) {
      fail(Code::kNotFound, adapter.fields().name(), ": base_model_name_or_path is ", quote(base),
           ", which is no folder here: name the folder of the model with --base, of which "
           "config.json is enough");
    }
  }
  return read_config(Folder(base).file("config.json"));
}

// The converter of the model's architecture plans a model's file that has only what is adapted; an
// adapter's has its tensors and says what they are for.
gguf::Writer adapter_file(const gguf::Writer& planned, const std::string& architecture,
                          double alpha) {
  gguf::Writer file;
  file.metadata("general.type", "adapter");
  file.metadata("general.architecture", architecture);
  file.metadata("adapter.type", "lora");
  file.metadata("adapter.lora.alpha", static_cast<float>(alpha));
  for (const gguf::OutputTensor& tensor : planned.tensors()) file.tensor(tensor);
  return file;
}

}  // namespace

bool is_adapter(const Folder& folder) { return folder.has(kConfig); }

void convert_adapter(const Folder& folder, const std::string& output, const Options& options) {
  if (options.transform) {
    fail(Code::kInvalidArgument, folder.path(),
         ": is an adapter, which is not quantised: expected type auto, f32, f16 or bf16");
  }
  if (!options.pre.empty()) {
    fail(Code::kInvalidArgument, folder.path(),
         ": is an adapter, which has no tokenizer, but a pre-tokenizer is named");
  }
  if (options.part_bytes > 0) {
    fail(Code::kInvalidArgument, folder.path(),
         ": is an adapter, which is written as one file, but several are asked for");
  }
  const AdapterConfig adapter(folder.file(kConfig));
  const Config config = base_config(adapter, options);
  const Converter converter = find_converter(config);
  const auto stored = Checkpoint::open_adapter(folder);
  const AdapterCheckpoint checkpoint(*stored, adapter);
  gguf::Writer planned;
  Conversion conversion(config, checkpoint, planned,
                        {.type = options.type, .notice = options.notice});
  converter(conversion);
  conversion.finish();
  tell_unread(adapter.fields(), options);
  const auto model = planned_file(planned, config.name());
  gguf::Writer file = adapter_file(
      planned, std::string(model->text("general.architecture").value()), adapter.alpha());
  write_general(file, conversion, folder);
  const auto check = [&](std::unique_ptr<gguf::File> made) {
    if (options.check_adapter) options.check_adapter(*model, std::move(made));
  };
  check(planned_file(file, output));
  file.write(output, {.progress = options.progress, .check = [&](const std::string& written) {
                        check(gguf::File::open(written));
                      }});
}

}  // namespace cria::convert
