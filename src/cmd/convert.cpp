#include "cmd/convert.h"

#include <functional>
#include <map>
#include <optional>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cmd/format.h"
#include "cmd/interrupt.h"
#include "cmd/json.h"
#include "cmd/output.h"
#include "cmd/output_file.h"
#include "cmd/progress.h"
#include "cmd/stopwatch.h"
#include "convert/convert.h"
#include "model/loading.h"
#include "quantize/quantizer.h"
#include "tokenizer/tokenizer.h"

namespace cria::cmd {
namespace {

std::optional<convert::OutputType> type_of(const std::string& name) {
  using convert::OutputType;
  for (const OutputType type : {OutputType::kF32, OutputType::kF16, OutputType::kBf16}) {
    if (name == convert::name_of(type)) return type;
  }
  return std::nullopt;
}

void write_layers(const std::string& path, const std::map<std::string, std::string>& layers) {
  AtomicFile file(path);
  file.write(json_text(Json(layers)));
  file.commit();
}

// That the file can be used: the model finds all its weights, the tokenizer knows the vocabulary.
void check(std::unique_ptr<gguf::File> file) {
  tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file));
  model::load(std::move(file));
}

}  // namespace

int convert(const ConvertOptions& options) {
  check_output_file(options.output, options.force);
  const Stopwatch watch;
  // Other types than those of checkpoints are made of what the checkpoint stores.
  const std::optional<convert::OutputType> type = type_of(options.type);
  std::optional<quantize::Quantizer> quantizer;
  if (!type && options.type != "auto") {
    quantizer.emplace(quantize::Options{.preset = &quantize::find_preset(options.type),
                                        .notice = [](const std::string& text) { notice(text); }});
  }
  const InterruptHandler interrupts;  // so that an interrupt leaves no half of a file
  Progress progress("converting");
  cria::convert::convert(
      options.folder, options.output,
      {.type = type,
       .pre = options.pre,
       .base = options.base,
       .layers =
           [&](const std::map<std::string, std::string>& layers) {
             if (!options.layers.empty()) write_layers(options.layers, layers);
           },
       .part_bytes = options.part_bytes,
       .output = [&](const std::string& path) { check_output_file(path, options.force); },
       .transform =
           quantizer ? std::ref(*quantizer) : std::function<gguf::Writer(const gguf::Writer&)>(),
       .progress =
           [&](uint64_t done, uint64_t total) {
             progress.set(done, total);
             return !take_interrupt();
           },
       .check = check,
       .check_adapter = model::check_adapter,
       .notice = [](const std::string& text) { notice(text); }});
  log::debug("wrote ", options.output, " in ", duration_text(watch.seconds()));
  return 0;
}

}  // namespace cria::cmd
