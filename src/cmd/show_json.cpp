#include "cmd/show_json.h"

#include "cmd/json.h"
#include "cmd/model_summary.h"
#include "fs/gguf/names.h"

namespace cria::cmd {
namespace {

Json optional(const std::optional<int64_t>& value) { return value ? Json(*value) : Json(nullptr); }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json model_json(const ModelSummary& summary) {
  return {{"name", text_or_null(summary.name)},
          {"architecture", text_or_null(summary.architecture)},
          {"parameters", summary.parameters},
          {"context_length", optional(summary.context_length)},
          {"embedding_length", optional(summary.embedding_length)},
          {"quantization", text_or_null(summary.quantization)},
          {"tensor_bytes", summary.bytes},
          {"files", summary.files}};
}

Json tokenizer_json(const ModelSummary& summary) {
  return {{"model", text_or_null(summary.tokenizer)},
          {"pre", text_or_null(summary.pre_tokenizer)},
          {"tokens", summary.tokens},
          {"bos", optional(summary.bos)},
          {"eos", optional(summary.eos)},
          {"has_chat_template", summary.has_chat_template},
          {"template_problem", text_or_null(summary.template_problem)}};
}

Json adapter_json(const ModelSummary::Adapter& adapter) {
  return {{"type", text_or_null(adapter.type)},
          {"alpha", adapter.alpha ? Json(*adapter.alpha) : Json(nullptr)},
          {"ranks", adapter.ranks},
          {"weights", adapter.weights}};
}

Json metadata_json(const gguf::File& file) {
  Json out = Json::object();
  for (const auto& [key, value] : file.metadata()) {
    std::visit([&out, &name = key](const auto& held) { out[name] = held; }, value);
  }
  return out;
}

Json tensors_json(const gguf::File& file) {
  Json out = Json::array();
  for (const gguf::TensorInfo& tensor : file.tensors()) {
    out.push_back({{"name", tensor.name},
                   {"shape", tensor.dims},
                   {"type", gguf::tensor_type_name(tensor.type)},
                   {"bytes", tensor.data.size()}});
  }
  return out;
}

}  // namespace

Json show_json(const gguf::File& file, bool metadata, bool tensors) {
  const ModelSummary summary = summarize(file);
  Json out{{"path", file.path()},
           {"gguf_version", file.version()},
           {"model", model_json(summary)},
           {"tokenizer", tokenizer_json(summary)},
           {"license", text_or_null(summary.license)}};
  if (summary.adapter) out["adapter"] = adapter_json(*summary.adapter);
  if (metadata) out["metadata"] = metadata_json(file);
  if (tensors) out["tensors"] = tensors_json(file);
  return out;
}

}  // namespace cria::cmd
