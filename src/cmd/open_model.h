#pragma once
// From what a command line says to a file, a model and an executor.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/executor.h"
#include "model/loading.h"
#include "tokenizer/tokenizer.h"

namespace cria::cmd {

// How to compute.
struct ComputeOptions {
  std::string backend = "auto";
  int threads = 0;                 // 0: as many as this process may use
  std::string cache_type = "f16";  // of keys and values, or KEYS,VALUES
  std::vector<model::AdapterChoice> adapters{};
};

// FILE or FILE=SCALE; what is a file by its whole name has the scale 1. InvalidArgument.
model::AdapterChoice parse_adapter(const std::string& text);

// The types of cached keys and of values that TYPE or KEYS,VALUES names. InvalidArgument.
std::pair<ml::DType, ml::DType> cache_types(std::string_view text);

// MODEL is a path, if it exists, ends in .gguf or looks like one; else the name of a stored model.
// NotFound.
std::string model_path(const std::string& model);

model::LoadedModel load_model(const std::string& model,
                              std::span<const model::AdapterChoice> adapters = {});

// Also for files that hold a vocabulary and nothing else.
std::unique_ptr<tokenizer::Tokenizer> tokenizer_of(const gguf::File& file);

model::ExecutorOptions executor_options(const ComputeOptions& compute);

// With a bar for people who wait.
std::unique_ptr<model::Executor> open_executor(const model::LoadedModel& loaded,
                                               const model::ExecutorOptions& options);

// What the model was made for; 0 when its file does not say.
int64_t context_length(const model::LoadedModel& loaded);

}  // namespace cria::cmd
