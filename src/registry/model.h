#pragma once
// A stored model: what its manifest names, read when it is asked for.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modelfile/modelfile.h"
#include "registry/blobs.h"
#include "registry/manifest.h"
#include "registry/model_config.h"
#include "registry/name.h"

namespace cria::registry {

// Errors of all functions name the model: Corrupt when a blob is not there or has another size than
// the manifest says, or does not hold what it should.
class Model {
 public:
  Model(Name name, std::string manifest_text, Blobs blobs,
        std::filesystem::file_time_type modified);

  const Name& name() const { return name_; }
  const Manifest& manifest() const { return manifest_; }
  const std::string& manifest_text() const { return text_; }
  std::string id() const;  // the digest of the manifest
  std::filesystem::file_time_type modified() const { return modified_; }

  // The GGUF file. Unsupported for a model that is not one GGUF file.
  std::string file() const;
  // Paths of the blobs of a kind, such as kAdapterLayer.
  std::vector<std::string> files(std::string_view media_type) const;
  // What the blobs of a kind hold, such as kLicenseLayer. Also Corrupt: more than 16 MB.
  std::vector<std::string> texts(std::string_view media_type) const;
  // Of the kinds that there is at most one of: the last counts.
  std::optional<std::string> text(std::string_view media_type) const;

  modelfile::Parameters parameters() const;
  std::vector<modelfile::Message> messages() const;
  // The TEMPLATE that prompts are made by: none where a RENDERER is to take its place.
  std::optional<std::string> go_template() const;
  // From the config blob; what that does not say, from the file.
  ModelConfig config() const;
  // All that a Modelfile says of it, but for what it is made of.
  modelfile::Modelfile recipe() const;
  std::string parent() const;  // the model that its weights were taken over from; or empty

 private:
  std::string blob(const Layer& layer) const;
  template <class Function>
  auto about(Function function) const;

  Name name_;
  std::string text_;
  Manifest manifest_;
  Blobs blobs_;
  std::filesystem::file_time_type modified_;
};

}  // namespace cria::registry
