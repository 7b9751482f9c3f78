#include "registry/model.h"

#include <fstream>

#include "base/about_file.h"
#include "base/error.h"
#include "registry/layer_json.h"
#include "registry/sha256.h"

namespace cria::registry {
namespace {

constexpr int64_t kLargestText = int64_t{16} << 20;

std::string read(const std::string& path, int64_t size) {
  if (size > kLargestText) {
    fail(Error::Code::kCorrupt, "blob ", path.substr(path.rfind('/') + 1), " has ", size,
         " bytes, expected a text of at most ", kLargestText);
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(size), '\0');
  if (!file.read(text.data(), size)) fail(Error::Code::kCorrupt, path, ": cannot be read");
  return text;
}

}  // namespace

template <class Function>
auto Model::about(Function function) const {
  return about_file(concat("manifest of ", name_.shortest()), function);
}

Model::Model(Name name, std::string manifest_text, Blobs blobs,
             std::filesystem::file_time_type modified)
    : name_(std::move(name)),
      text_(std::move(manifest_text)),
      manifest_(about([&] { return Manifest::parse(text_); })),
      blobs_(std::move(blobs)),
      modified_(modified) {}

std::string Model::id() const { return sha256(text_); }

std::string Model::blob(const Layer& layer) const {
  std::string path = blobs_.path(layer.hex);
  if (blobs_.contains(layer.hex, layer.size)) return path;
  const std::string blob = "blob sha256-" + layer.hex;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    fail(Error::Code::kCorrupt, blob, " is not there");
  }
  fail(Error::Code::kCorrupt, blob, " has ", std::filesystem::file_size(path, error),
       " bytes, expected ", layer.size);
}

std::string Model::file() const {
  const std::vector<std::string> found = files(kModelLayer);
  if (found.size() == 1) return found.front();
  fail(Error::Code::kUnsupported, "model ", name_.shortest(), ": its manifest has ", found.size(),
       " layers of type ", kModelLayer, ", expected one (a GGUF file)");
}

std::vector<std::string> Model::files(std::string_view media_type) const {
  return about([&] {
    std::vector<std::string> paths;
    for (const Layer& layer : manifest_.layers) {
      if (layer.media_type == media_type) paths.push_back(blob(layer));
    }
    return paths;
  });
}

std::vector<std::string> Model::texts(std::string_view media_type) const {
  return about([&] {
    std::vector<std::string> found;
    for (const Layer& layer : manifest_.layers) {
      if (layer.media_type == media_type) found.push_back(read(blob(layer), layer.size));
    }
    return found;
  });
}

std::optional<std::string> Model::text(std::string_view media_type) const {
  std::vector<std::string> found = texts(media_type);
  if (found.empty()) return std::nullopt;
  return std::move(found.back());
}

modelfile::Parameters Model::parameters() const {
  const auto json = text(kParametersLayer);
  if (!json) return {};
  return about([&] { return parse_parameters(*json); });
}

std::vector<modelfile::Message> Model::messages() const {
  const auto json = text(kMessagesLayer);
  if (!json) return {};
  return about([&] { return parse_messages(*json); });
}

ModelConfig Model::config() const {
  ModelConfig config = about([&] {
    const auto& layer = manifest_.config;
    return layer ? ModelConfig::parse(read(blob(*layer), layer->size)) : ModelConfig{};
  });
  if (!config.family.empty() && !config.parameter_size.empty() && !config.quantization.empty()) {
    return config;
  }
  const ModelConfig told = describe(*gguf::File::open(file()));
  const auto fill = [](auto& value, const auto& other) {
    if (value.empty()) value = other;
  };
  fill(config.format, told.format);
  fill(config.family, told.family);
  fill(config.families, told.families);
  fill(config.parameter_size, told.parameter_size);
  fill(config.quantization, told.quantization);
  return config;
}

std::optional<std::string> Model::go_template() const {
  return config().renderer.empty() ? text(kTemplateLayer) : std::nullopt;
}

modelfile::Modelfile Model::recipe() const {
  const ModelConfig config = this->config();
  modelfile::Modelfile recipe;
  recipe.chat_template = text(kTemplateLayer);
  recipe.system = text(kSystemLayer);
  recipe.renderer = config.renderer;
  recipe.parser = config.parser;
  recipe.required = config.required;
  recipe.parameters = parameters();
  recipe.messages = messages();
  recipe.licenses = texts(kLicenseLayer);
  return recipe;
}

std::string Model::parent() const {
  for (const Layer& layer : manifest_.layers) {
    if (layer.media_type == kModelLayer) return layer.from;
  }
  return {};
}

}  // namespace cria::registry
