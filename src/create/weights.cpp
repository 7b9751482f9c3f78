#include "create/weights.h"

#include <unistd.h>

#include <optional>

#include "base/error.h"
#include "convert/convert.h"
#include "fs/gguf/gguf.h"
#include "model/loading.h"
#include "quantize/quantizer.h"
#include "registry/model_config.h"
#include "tokenizer/tokenizer.h"

namespace cria::create {
namespace {

bool is_split(const gguf::File& file) { return file.integer("split.count").value_or(1) > 1; }

// That the file can be used: the model finds all its weights, the tokenizer knows the vocabulary.
void check(std::unique_ptr<gguf::File> file) {
  tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file));
  model::load(std::move(file));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace

void Weights::tell(const std::string& status) const {
  if (options_.status) options_.status(status);
}

bool Weights::show(const std::string& status, uint64_t done, uint64_t total) const {
  return !options_.progress || options_.progress(status, done, total);
}

registry::Blob Weights::adopt(const std::string& path) const {
  return blobs_.adopt(
      path, [this](uint64_t done, uint64_t total) { return show("hashing model", done, total); });
}

// Of what `write` writes to a path; its errors are about something that people know.
template <class Write>
registry::Blob Weights::written(const std::string& about, Write write) const {
  const std::string scratch = blobs_.scratch_path();
  try {
    write(scratch);
    return adopt(scratch);
  } catch (const Error& error) {
    ::unlink(scratch.c_str());
    fail(error.code(), replaced(error.what(), scratch, about));
  }
}

registry::Blob Weights::of_file(const std::string& path, const std::string& preset) const {
  tell("parsing GGUF");
  const auto file = gguf::File::open(path);
  const std::string type = registry::quantization(*file);
  const quantize::Preset* target = preset.empty() ? nullptr : &quantize::find_preset(preset);
  if (target && target->name == type) target = nullptr;
  if (target && type != "F32" && type != "F16" && type != "BF16") {
    fail(Error::Code::kInvalidArgument, path, ": is a ", type,
         " model: quantization is only supported for F16, BF16 and F32 models");
  }
  if (!target && !is_split(*file)) {
    return blobs_.add_file(path, [this](uint64_t done, uint64_t total) {
      return show("gathering model components", done, total);
    });
  }
  std::optional<quantize::Quantizer> quantizer;
  std::string status = "merging split model";
  if (target) {
    quantizer.emplace(quantize::Options{.preset = target, .notice = options_.notice});
    status = concat("quantizing ", type, " model to ", target->name);
  }
  tell(status);
  return written(path, [&](const std::string& scratch) {
    const gguf::Writer copy = quantize::copy_of(*file);
    (quantizer ? (*quantizer)(copy) : copy)
        .write(scratch, {.progress = [&](uint64_t done,
                                         uint64_t total) { return show(status, done, total); },
                         .check = [](const std::string& made) { gguf::File::open(made); }});
  });
}

registry::Blob Weights::of_checkpoint(const std::string& folder, const std::string& preset) const {
  std::optional<quantize::Quantizer> quantizer;
  std::string status = "converting model";
  if (!preset.empty()) {
    const quantize::Preset& target = quantize::find_preset(preset);
    quantizer.emplace(quantize::Options{.preset = &target, .notice = options_.notice});
    status = concat("converting model to ", target.name);
  }
  tell(status);
  return written(folder, [&](const std::string& scratch) {
    convert::convert(
        folder, scratch,
        {.transform =
             quantizer ? std::ref(*quantizer) : std::function<gguf::Writer(const gguf::Writer&)>(),
         .progress = [&](uint64_t done, uint64_t total) { return show(status, done, total); },
         .check = check,
         .notice = options_.notice});
  });
}

registry::Blob Weights::of_adapter(const std::string& folder, const std::string& base) const {
  tell("converting adapter");
  return written(folder, [&](const std::string& scratch) {
    convert::convert(
        folder, scratch,
        {.base = base,
         .progress = [&](uint64_t done,
                         uint64_t total) { return show("converting adapter", done, total); },
         .check_adapter = model::check_adapter,
         .notice = options_.notice});
  });
}

}  // namespace cria::create
