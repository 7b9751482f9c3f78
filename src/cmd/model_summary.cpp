#include "cmd/model_summary.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "registry/chat_template.h"
#include "registry/model_config.h"

namespace cria::cmd {
namespace {

const gguf::Value* find(const gguf::File& file, std::string_view key) {
  const auto found = file.metadata().find(key);
  return found == file.metadata().end() ? nullptr : &found->second;
}

std::string text(const gguf::File& file, std::string_view key) {
  const gguf::Value* value = find(file, key);
  const auto* string = value ? std::get_if<std::string>(value) : nullptr;
  return string ? *string : "";
}

std::optional<int64_t> integer(const gguf::File& file, std::string_view key) {
  const gguf::Value* value = find(file, key);
  if (!value) return std::nullopt;
  if (const auto* n = std::get_if<int64_t>(value)) return *n;
  const auto* n = std::get_if<uint64_t>(value);
  if (n && *n <= static_cast<uint64_t>(INT64_MAX)) return static_cast<int64_t>(*n);
  return std::nullopt;
}

int64_t elements(const gguf::TensorInfo& tensor) {
  int64_t n = 1;
  for (const int64_t dim : tensor.dims) n *= dim;
  return n;
}

void summarize_tokenizer(const gguf::File& file, ModelSummary& summary) {
  summary.tokenizer = text(file, "tokenizer.ggml.model");
  summary.pre_tokenizer = text(file, "tokenizer.ggml.pre");
  if (const gguf::Value* tokens = find(file, "tokenizer.ggml.tokens")) {
    const auto* list = std::get_if<std::vector<std::string>>(tokens);
    summary.tokens = list ? static_cast<int64_t>(list->size()) : 0;
  }
  summary.bos = integer(file, "tokenizer.ggml.bos_token_id");
  summary.eos = integer(file, "tokenizer.ggml.eos_token_id");
  const std::string chat_template = text(file, "tokenizer.chat_template");
  summary.has_chat_template = !chat_template.empty();
  if (!summary.has_chat_template) return;
  summary.template_problem = registry::find_chat_template(file, std::nullopt).problem;
}

std::optional<ModelSummary::Adapter> summarize_adapter(const gguf::File& file) {
  if (text(file, "general.type") != "adapter") return std::nullopt;
  ModelSummary::Adapter adapter{.type = text(file, "adapter.type"), .alpha = {}, .ranks = {}};
  if (const gguf::Value* alpha = find(file, "adapter.lora.alpha")) {
    const auto* number = std::get_if<double>(alpha);
    if (number) adapter.alpha = *number;
  }
  std::set<int64_t> ranks;
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    if (!tensor.name.ends_with(".lora_b") || tensor.dims.empty()) continue;
    ++adapter.weights;
    ranks.insert(tensor.dims.back());
  }
  adapter.ranks.assign(ranks.begin(), ranks.end());
  return adapter;
}

}  // namespace

ModelSummary summarize(const gguf::File& file) {
  ModelSummary summary;
  summary.name = text(file, "general.name");
  summary.architecture = text(file, "general.architecture");
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    summary.parameters += elements(tensor);
    summary.bytes += static_cast<int64_t>(tensor.data.size());
  }
  summary.files = std::max<int64_t>(1, integer(file, "split.count").value_or(1));
  summary.context_length = integer(file, summary.architecture + ".context_length");
  summary.embedding_length = integer(file, summary.architecture + ".embedding_length");
  summary.quantization = registry::quantization(file);
  summarize_tokenizer(file, summary);
  summary.license = text(file, "general.license");
  summary.adapter = summarize_adapter(file);
  return summary;
}

}  // namespace cria::cmd
