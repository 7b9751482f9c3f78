#include "cmd/create.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "base/about_file.h"
#include "base/error.h"
#include "base/files.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
#include "cmd/progress.h"
#include "create/create.h"
#include "quantize/presets.h"
#include "serving/generation_options.h"

namespace cria::cmd {
namespace {

constexpr size_t kLargest = size_t{16} << 20;  // bytes of a Modelfile

std::string read(std::istream& in, const std::string& name) {
  std::string text(kLargest + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) fail(Error::Code::kInvalidArgument, name, ": cannot be read");
  text.resize(static_cast<size_t>(in.gcount()));
  if (text.size() <= kLargest) return text;
  fail(Error::Code::kInvalidArgument, name, ": is no Modelfile, as it has more than ", kLargest,
       " bytes");
}

struct Text {
  std::string content, name;
  std::string folder = ".";  // where its relative paths begin
};

Text modelfile_text(const std::string& path) {
  if (path == "-") return {.content = read(std::cin, "standard input"), .name = "standard input"};
  std::error_code error;
  if (path.empty() && !std::filesystem::exists("Modelfile", error)) {
    return {.content = "FROM .\n", .name = "no Modelfile here"};
  }
  const std::string file = path.empty() ? "Modelfile" : path;
  if (!std::filesystem::exists(file, error)) {
    fail(Error::Code::kNotFound, file, ": specified Modelfile wasn't found");
  }
  if (std::filesystem::is_directory(file, error)) {
    fail(Error::Code::kInvalidArgument, file, ": is a folder, expected a Modelfile: \"FROM ", file,
         "\" in one names what it holds");
  }
  std::ifstream in(file, std::ios::binary);
  return {.content = read(in, file), .name = file, .folder = folder_of(file)};
}

// Each step on a line of its own, and a bar while one takes long.
class Steps {
 public:
  void status(const std::string& text) {
    progress_.reset();
    std::fprintf(stderr, "%s\n", text.c_str());
  }
  bool progress(const std::string& text, uint64_t done, uint64_t total) {
    if (!progress_ || text != shown_) {
      progress_.reset();
      progress_ = std::make_unique<Progress>(shown_ = text);
    }
    progress_->set(done, total);
    if (done == total) progress_.reset();
    return !take_interrupt();
  }

 private:
  std::string shown_;
  std::unique_ptr<Progress> progress_;
};

}  // namespace

int create(const CreateOptions& options) {
  const registry::Name name = registry::Name::parse(options.name);
  for (const std::string& preset : {options.quantize, options.draft_quantize}) {
    if (!preset.empty()) quantize::find_preset(preset);
  }
  const auto tell = [](const std::string& text) { notice(text); };
  const Text text = modelfile_text(options.file);
  const modelfile::Modelfile recipe = about_file(text.name, [&] {
    modelfile::Modelfile parsed = modelfile::Modelfile::parse(text.content, tell);
    serving::GenerationOptions checked;
    serving::set_parameters(checked, modelfile::parameter_lines(parsed.parameters));
    return parsed;
  });

  const registry::Store store = open_store();
  store.prune();
  const InterruptHandler interrupts;  // so that an interrupt leaves no half of a file
  Steps steps;
  create::create(store, name, recipe,
                 {.folder = text.folder,
                  .quantize = options.quantize,
                  .draft_quantize = options.draft_quantize,
                  .status = [&](const std::string& status) { steps.status(status); },
                  .progress = [&](const std::string& status, uint64_t done,
                                  uint64_t total) { return steps.progress(status, done, total); },
                  .notice = tell});
  return 0;
}

}  // namespace cria::cmd
