#include "cmd/open_model.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/about_file.h"
#include "base/error.h"
#include "cmd/find_model.h"
#include "cmd/progress.h"

namespace cria::cmd {
namespace {

bool is_file(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace

std::string model_path(const std::string& model) { return find_model(model).path; }

model::AdapterChoice parse_adapter(const std::string& text) {
  const size_t sign = text.rfind('=');
  if (sign == std::string::npos || is_file(text)) return {.path = text, .scale = 1};
  const std::string number = text.substr(sign + 1);
  char* end = nullptr;
  const float scale = std::strtof(number.c_str(), &end);
  if (number.empty() || *end != '\0' || !std::isfinite(scale)) {
    fail(Error::Code::kInvalidArgument, "the scale of an adapter is \"", number,
         "\", expected a finite number after =");
  }
  return {.path = text.substr(0, sign), .scale = scale};
}

model::LoadedModel load_model(const std::string& model,
                              std::span<const model::AdapterChoice> adapters) {
  return load_model(find_model(model), adapters);
}

std::unique_ptr<tokenizer::Tokenizer> tokenizer_of(const gguf::File& file) {
  return about_file(file.path(),
                    [&] { return tokenizer::make_tokenizer(tokenizer::Vocabulary::from(file)); });
}

std::unique_ptr<model::Executor> open_executor(const model::LoadedModel& loaded,
                                               const model::ExecutorOptions& options) {
  Progress progress("loading");
  const auto show = [&](uint64_t done, uint64_t total) {
    progress.set(done, total);
    return true;
  };
  return about_file(loaded.file->path(), [&] {
    return std::make_unique<model::Executor>(*loaded.model, loaded.weight_list(), options, show);
  });
}

}  // namespace cria::cmd
