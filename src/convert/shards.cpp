#include "convert/shards.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "base/error.h"
#include "base/quote.h"
#include "convert/json_file.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// Forms of checkpoints, best first.
struct Form {
  FileKind kind;
  std::string_view prefix, suffix;
};
constexpr Form kModels[] = {
    {FileKind::kSafetensors, "model", ".safetensors"},
    {FileKind::kPytorch, "pytorch_model", ".bin"},
    {FileKind::kSafetensors, "consolidated", ".safetensors"},
    {FileKind::kPytorch, "consolidated", ".pth"},
};
constexpr Form kAdapters[] = {
    {FileKind::kSafetensors, "adapter_model", ".safetensors"},
    {FileKind::kPytorch, "adapter_model", ".bin"},
};

Shards read_index(const Folder& folder, const std::string& name, FileKind kind) {
  Shards shards{.kind = kind, .files = {}, .index = folder.file(name), .place = {}};
  const Json json = read_json(shards.index);
  const auto map = json.find("weight_map");
  if (map == json.end() || !map->is_object() || map->empty()) {
    fail(Code::kCorrupt, shards.index, ": has no weight_map, expected tensors and their files");
  }
  std::set<std::string> files;
  for (const auto& [tensor, file] : map->items()) {
    if (!file.is_string()) {
      fail(Code::kCorrupt, shards.index, ": weight_map: ", quote(tensor), " is ", describe(file),
           ", expected the name of a file");
    }
    files.insert(file.get<std::string>());
    shards.place.emplace(tensor, file.get<std::string>());
  }
  shards.files.assign(files.begin(), files.end());
  return shards;
}

std::optional<int64_t> read_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Without an index the names tell how many there should be: model-00001-of-00004.safetensors.
void check_complete(const Folder& folder, const Form& form, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const std::string_view stem =
        std::string_view(file).substr(0, file.size() - form.suffix.size());
    const size_t of = stem.rfind("-of-");
    const auto count =
        of == std::string_view::npos ? std::nullopt : read_number(stem.substr(of + 4));
    if (count && *count != static_cast<int64_t>(files.size())) {
      fail(Code::kNotFound, folder.path(), ": ", quote(file), " is one of ", *count,
           " files, but there are ", files.size());
    }
  }
}

// None: no form's files are there.
std::optional<Shards> find(const Folder& folder, std::span<const Form> forms) {
  for (const Form& form : forms) {
    const std::string whole = concat(form.prefix, form.suffix), index = whole + ".index.json";
    if (folder.has(index)) return read_index(folder, index, form.kind);
    std::vector<std::string> files = folder.list(form.prefix, form.suffix);
    if (std::find(files.begin(), files.end(), whole) != files.end()) files = {whole};
    if (files.empty()) continue;
    check_complete(folder, form, files);
    return Shards{.kind = form.kind, .files = std::move(files), .index = {}, .place = {}};
  }
  return std::nullopt;
}

}  // namespace

Shards find_shards(const Folder& folder) {
  if (auto shards = find(folder, kModels)) return *std::move(shards);
  fail(Code::kNotFound, folder.path(),
       ": has no checkpoint: expected model*.safetensors, pytorch_model*.bin, "
       "consolidated*.safetensors or consolidated*.pth");
}

Shards find_adapter_shards(const Folder& folder) {
  if (auto shards = find(folder, kAdapters)) return *std::move(shards);
  fail(Code::kNotFound, folder.path(),
       ": has no adapter: expected adapter_model.safetensors or adapter_model.bin");
}

}  // namespace cria::convert
