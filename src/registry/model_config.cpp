#include "registry/model_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "fs/gguf/names.h"

namespace cria::registry {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return {};
  if (!found->is_string()) fail(Error::Code::kCorrupt, "\"", key, "\" is no text");
  return found->get<std::string>();
}

std::vector<std::string> texts_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return {};
  const auto is_text = [](const Json& value) { return value.is_string(); };
  if (!found->is_array() || !std::ranges::all_of(*found, is_text)) {
    fail(Error::Code::kCorrupt, "\"", key, "\" is no array of texts");
  }
  return found->get<std::vector<std::string>>();
}

std::string rounded(double value, int digits, char unit) {
  std::array<char, 64> buffer{};
  if (std::floor(value) == value) digits = 0;
  std::snprintf(buffer.data(), buffer.size(), "%.*f%c", digits, value, unit);
  return buffer.data();
}

const gguf::Value* find(const gguf::File& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? nullptr : &found->second;
}

int64_t parameters_of(const gguf::File& file) {
  int64_t sum = 0;
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    int64_t elements = 1;
    for (const int64_t dim : tensor.dims) elements *= dim;
    sum += elements;
  }
  return sum;
}

}  // namespace

ModelConfig ModelConfig::parse(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) fail(Error::Code::kCorrupt, "the config is no JSON object");
  return {.format = text_of(json, "model_format"),
          .family = text_of(json, "model_family"),
          .families = texts_of(json, "model_families"),
          .parameter_size = text_of(json, "model_type"),
          .quantization = text_of(json, "file_type"),
          .renderer = text_of(json, "renderer"),
          .parser = text_of(json, "parser"),
          .required = text_of(json, "requires"),
          .digests = {}};
}

std::string ModelConfig::text() const {
  nlohmann::ordered_json json{{"model_format", format},
                              {"model_family", family},
                              {"model_families", families},
                              {"model_type", parameter_size},
                              {"file_type", quantization}};
  if (!renderer.empty()) json["renderer"] = renderer;
  if (!parser.empty()) json["parser"] = parser;
  if (!required.empty()) json["requires"] = required;
  // What images of containers have to say; nobody reads it of a model.
  json["architecture"] = "amd64";
  json["os"] = "linux";
  nlohmann::ordered_json ids = nlohmann::ordered_json::array();
  for (const std::string& hex : digests) ids.push_back("sha256:" + hex);
  json["rootfs"] = {{"type", "layers"}, {"diff_ids", ids}};
  return json.dump();
}

std::string parameter_size(int64_t parameters) {
  const auto value = static_cast<double>(parameters);
  if (value >= 1e9) return rounded(value / 1e9, 1, 'B');
  if (value >= 1e6) return rounded(value / 1e6, 2, 'M');
  if (value >= 1e3) return rounded(std::round(value / 1e3), 0, 'K');
  return std::to_string(parameters);
}

std::string quantization(const gguf::File& file) {
  if (const gguf::Value* value = find(file, "general.file_type")) {
    int64_t type = -1;
    if (const auto* number = std::get_if<int64_t>(value)) type = *number;
    if (const auto* number = std::get_if<uint64_t>(value); number && *number < 1000) {
      type = static_cast<int64_t>(*number);
    }
    if (std::string name = gguf::file_type_name(type); !name.empty()) return name;
  }
  std::map<uint32_t, size_t> bytes;
  for (const gguf::TensorInfo& tensor : file.tensors()) bytes[tensor.type] += tensor.data.size();
  const auto most =
      std::ranges::max_element(bytes, {}, [](const auto& pair) { return pair.second; });
  if (most == bytes.end()) return "";
  std::string name = gguf::tensor_type_name(most->first);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

ModelConfig describe(const gguf::File& file) {
  ModelConfig config{.format = "gguf",
                     .family = {},
                     .families = {},
                     .parameter_size = parameter_size(parameters_of(file)),
                     .quantization = quantization(file),
                     .renderer = {},
                     .parser = {},
                     .required = {},
                     .digests = {}};
  const gguf::Value* architecture = find(file, "general.architecture");
  const auto* name = architecture ? std::get_if<std::string>(architecture) : nullptr;
  if (name) config.families = {config.family = *name};
  return config;
}

}  // namespace cria::registry
