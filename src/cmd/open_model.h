#pragma once
// From what a command line says to a file, a model and an executor.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/executor.h"
#include "model/loading.h"
#include "serving/text_model.h"
#include "tokenizer/tokenizer.h"

namespace cria::cmd {

// FILE or FILE=SCALE; what is a file by its whole name has the scale 1. InvalidArgument.
model::AdapterChoice parse_adapter(const std::string& text);

// MODEL is a path, if it exists, ends in .gguf or looks like one; else the name of a stored model.
// NotFound.
std::string model_path(const std::string& model);

model::LoadedModel load_model(const std::string& model,
                              std::span<const model::AdapterChoice> adapters = {});

// Also for files that hold a vocabulary and nothing else.
std::unique_ptr<tokenizer::Tokenizer> tokenizer_of(const gguf::File& file);

// With a bar for people who wait.
std::unique_ptr<model::Executor> open_executor(const model::LoadedModel& loaded,
                                               const model::ExecutorOptions& options);

}  // namespace cria::cmd
