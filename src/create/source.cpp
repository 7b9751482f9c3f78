#include "create/source.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/quote.h"
#include "convert/folder.h"
#include "registry/digest.h"

namespace cria::create {
namespace {

namespace fs = std::filesystem;

bool exists(const std::string& path) {
  std::error_code error;
  return path.find('\0') == std::string::npos && fs::exists(path, error);
}

bool looks_like_path(const std::string& text) {
  return text.starts_with('.') || text.starts_with('/') || text.starts_with('~') ||
         text.ends_with(".gguf") || text.ends_with(".safetensors") || text.ends_with(".bin");
}

// Of a split model only the first part: it opens the others.
bool is_later_part(const std::string& name) {
  const size_t of = name.rfind("-of-");
  const bool part = of != std::string::npos && of >= 6 && name.size() == of + 14;
  return part && name.compare(of - 6, 6, "-00001") != 0;
}

bool has_weights(const convert::Folder& folder) {
  constexpr std::pair<const char*, const char*> kPatterns[] = {
      {"model", ".safetensors"},         {"consolidated", ".safetensors"},
      {"adapter_model", ".safetensors"}, {"adapter_model", ".bin"},
      {"pytorch_model", ".bin"},         {"consolidated", ".pth"}};
  for (const auto& [begin, end] : kPatterns) {
    if (!folder.list(begin, end).empty()) return true;
  }
  return folder.has("model.safetensors.index.json");
}

Source in_folder(const std::string& path) {
  const convert::Folder folder(path);
  if (has_weights(folder)) return {.checkpoint = path, .files = {}, .model = {}};
  Source source;
  for (const std::string& name : folder.list("", ".gguf")) {
    std::string file = folder.file(name);  // checks the other parts, too
    if (!is_later_part(name)) source.files.push_back(std::move(file));
  }
  if (source.files.empty()) {
    fail(Error::Code::kInvalidArgument, path,
         ": holds no weights, expected model*.safetensors, pytorch_model*.bin, consolidated*.pth "
         "or *.gguf");
  }
  return source;
}

Source at_path(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return in_folder(path);
  if (path.ends_with(".safetensors") || path.ends_with(".bin") || path.ends_with(".pth")) {
    fail(Error::Code::kInvalidArgument, path,
         ": is a part of a checkpoint: name its folder, which has the other files");
  }
  return {.checkpoint = {}, .files = {path}, .model = {}};
}

}  // namespace

std::string expand_path(const std::string& path, const std::string& folder) {
  if (path == "~" || path.starts_with("~/")) {
    const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe): nobody sets any
    if (!home || !*home) {
      fail(Error::Code::kNotFound, "path ", quote(path), ": there is no home folder: set HOME");
    }
    return home + path.substr(1);
  }
  return (fs::path(folder) / path).lexically_normal().string();
}

std::optional<Source> find_files(const std::string& text, const std::string& folder) {
  const std::string path = expand_path(text, folder);
  if (exists(path)) return at_path(path);
  if (!looks_like_path(text)) return std::nullopt;
  fail(Error::Code::kNotFound, path, ": there is no such file or folder");
}

Source find_source(const std::string& text, const std::string& folder,
                   const registry::Store& store) {
  if (std::optional<Source> files = find_files(text, folder)) return *std::move(files);
  const std::string digest = text.starts_with('@') ? text.substr(1) : text;
  if (digest.starts_with("sha256:") || digest.starts_with("sha256-")) {
    std::string blob = store.blobs().path(registry::parse_digest(digest));
    if (!exists(blob)) fail(Error::Code::kNotFound, "there is no blob ", digest, " in the store");
    return {.checkpoint = {}, .files = {std::move(blob)}, .model = {}};
  }
  try {
    return {.checkpoint = {}, .files = {}, .model = store.open(registry::Name::parse(text))};
  } catch (const Error& error) {
    if (error.code() == Error::Code::kCorrupt) throw;
    fail(error.code(), "there is no file or folder ", expand_path(text, folder),
         ", and no stored model: ", error.what());
  }
}

Source find_adapter(const std::string& text, const std::string& folder) {
  const std::string path = expand_path(text, folder);
  if (!exists(path)) fail(Error::Code::kNotFound, path, ": there is no such file or folder");
  return at_path(path);
}

}  // namespace cria::create
