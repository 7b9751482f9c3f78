#include "convert/convert.h"

#include <utility>

#include "base/error.h"
#include "convert/adapter.h"
#include "convert/architecture.h"
#include "convert/general.h"
#include "convert/image_processor.h"
#include "convert/planned_file.h"
#include "convert/sentence_transformers.h"
#include "convert/tokenizer_import.h"
#include "fs/gguf/write_parts.h"

namespace cria::convert {

void convert(const std::string& path, const std::string& output, const Options& options) {
  const Folder folder(path);
  if (is_adapter(folder)) return convert_adapter(folder, output, options);
  if (!options.base.empty()) {
    fail(Error::Code::kInvalidArgument, path,
         ": is no adapter, as it has no adapter_config.json, but a base is named");
  }
  const std::string config_path = folder.file("config.json");
  const Config config = read_config(config_path);
  const Converter converter = find_converter(config);
  const auto checkpoint = Checkpoint::open(folder);
  gguf::Writer planned;
  Conversion conversion(config, *checkpoint, planned,
                        {.type = options.type, .notice = options.notice});
  converter(conversion);
  conversion.finish();
  if (options.layers) options.layers(conversion.layers());
  write_pooling(conversion, folder);
  write_image_processor(conversion, folder);
  import_tokenizer(conversion, folder, options.pre);
  planned.metadata("general.type", "model");
  write_general(planned, conversion, folder);
  tell_unread(config, options);
  if (&conversion.config() != &config) tell_unread(conversion.config(), options);
  const gguf::Writer file = options.transform ? options.transform(planned) : std::move(planned);
  if (options.check) options.check(planned_file(file, output));
  gguf::WriteOptions writing{.progress = options.progress, .check = {}};
  if (options.check) {
    writing.check = [&](const std::string& written) { options.check(gguf::File::open(written)); };
  }
  for (const std::string& part : gguf::part_paths(file, output, options.part_bytes))
    if (options.output) options.output(part);
  gguf::write_parts(file, output, options.part_bytes, writing);
}

}  // namespace cria::convert
