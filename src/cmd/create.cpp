#include "cmd/create.h"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "base/about_file.h"
#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cmd/choose_server.h"
#include "cmd/create_at_server.h"
#include "cmd/create_steps.h"
#include "cmd/interrupt.h"
#include "cmd/output.h"
#include "cmd/program_settings.h"
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

// Whether the server's store is this one: then it is this process that can make a model without
// sending its files anywhere. A blob that no other store can have tells.
bool shares_store(client::Client& server, const registry::Store& store) {
  if (!server.address().is_loopback()) return false;
  std::random_device random;
  std::string content = "cria: whose store is this?";
  for (int i = 0; i < 8; ++i) content += concat(' ', random());
  try {
    const registry::Blob blob = store.blobs().add(content);
    const bool is_there = server.has("/api/blobs/sha256:" + blob.hex);
    std::filesystem::remove(store.blobs().path(blob.hex));
    return is_there;
  } catch (const std::exception& error) {  // nobody may write here, or ask that there
    log::debug("whether the server has the same store is not known: ", error.what());
    return false;
  }
}

void create_here(const registry::Store& store, const registry::Name& name,
                 const modelfile::Modelfile& recipe, const std::string& folder,
                 const CreateOptions& options) {
  store.prune();
  CreateSteps steps;
  create::create(store, name, recipe,
                 {.folder = folder,
                  .quantize = options.quantize,
                  .draft_quantize = options.draft_quantize,
                  .status = [&](const std::string& status) { steps.status(status); },
                  .progress = [&](const std::string& status, uint64_t done,
                                  uint64_t total) { return steps.progress(status, done, total); },
                  .notice = [](const std::string& text) { notice(text); }});
}

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

  const InterruptHandler interrupts;  // so that an interrupt leaves no half of a file
  const registry::Store store = open_store();
  auto server = find_server_unless(options.local);
  if (server && !shares_store(*server, store)) {
    create_at_server(*server, recipe, text.folder, options);
  } else {
    create_here(store, name, recipe, text.folder, options);
  }
  return 0;
}

}  // namespace cria::cmd
