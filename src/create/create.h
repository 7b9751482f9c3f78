#pragma once
// Makes a stored model of what a Modelfile names: files, checkpoints, adapters, other models.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "modelfile/modelfile.h"
#include "registry/name.h"
#include "registry/store.h"

namespace cria::create {

struct Options {
  std::string folder = ".";  // where relative paths begin
  // What is built on, beside what FROM names: no text that might be taken for a path.
  std::optional<registry::Model> base{};
  std::string quantize;  // preset of quantize; empty: weights stay as they are
  std::string draft_quantize;
  // Told each step: "converting model", "creating new layer sha256:...", ..., "success".
  std::function<void(const std::string& status)> status{};
  // Told how many bytes of a step are done and will be; false cancels.
  std::function<bool(const std::string& status, uint64_t done, uint64_t total)> progress{};
  std::function<void(const std::string& text)> notice{};  // what a user should know
};

// A chat template in the weights' file stays there, and is used as it is. NotFound,
// InvalidArgument, Corrupt, Unsupported, Cancelled, and errors of the disk; then there is no model
// of the name, or the one that there was.
void create(const registry::Store& store, const registry::Name& name,
            const modelfile::Modelfile& recipe, const Options& options);

}  // namespace cria::create
