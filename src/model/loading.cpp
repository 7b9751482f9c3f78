#include "model/loading.h"

#include <algorithm>

#include "base/about_file.h"
#include "base/error.h"
#include "base/log.h"

namespace cria::model {
namespace {

class GgufConfig final : public Config {
 public:
  explicit GgufConfig(const gguf::File& file) : file_(file) {
    const auto name = file.text("general.architecture");
    if (!name)
      fail(Error::Code::kCorrupt, file.path(), ": metadata general.architecture is absent");
    architecture_ = *name;
  }

  std::string architecture() const override { return architecture_; }

 protected:
  std::optional<std::vector<int64_t>> find_integers(const std::string& key) const override {
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end()) return counted_tokens(key);
    if (is_list(found->second)) return file_.integers(key);
    return std::vector{file_.integer(key).value()};
  }
  std::optional<double> find_real(const std::string& key) const override { return file_.real(key); }
  std::optional<std::vector<double>> find_reals(const std::string& key) const override {
    return file_.reals(key);
  }
  std::optional<bool> find_boolean(const std::string& key) const override {
    return file_.boolean(key);
  }
  std::optional<std::vector<bool>> find_flags(const std::string& key) const override {
    const auto found = file_.metadata().find(key);
    if (found == file_.metadata().end()) return std::nullopt;
    if (const auto* flags = std::get_if<std::vector<bool>>(&found->second)) return *flags;
    if (!is_list(found->second)) return std::nullopt;
    const std::vector<int64_t> values = file_.integers(key).value();
    std::vector<bool> flags;
    for (const int64_t value : values) flags.push_back(value != 0);
    return flags;
  }
  std::optional<std::string> find_text(const std::string& key) const override {
    const auto text = file_.text(key);
    return text ? std::optional(std::string(*text)) : std::nullopt;
  }
  std::vector<std::string> find_texts(const std::string& key) const override {
    const std::vector<std::string>* texts = file_.texts(key);
    return texts ? *texts : std::vector<std::string>{};
  }
  bool has_key(const std::string& key) const override { return file_.metadata().contains(key); }

 private:
  static bool is_list(const gguf::Value& value) {
    return std::holds_alternative<std::vector<int64_t>>(value) ||
           std::holds_alternative<std::vector<uint64_t>>(value);
  }

  // Older files leave the size of the vocabulary to the list of tokens.
  std::optional<std::vector<int64_t>> counted_tokens(const std::string& key) const {
    if (key != architecture_ + ".vocab_size") return std::nullopt;
    const auto* tokens = file_.texts("tokenizer.ggml.tokens");
    if (!tokens) return std::nullopt;
    const int64_t listed = std::ssize(*tokens);
    return std::vector{std::min(listed, file_.rows("token_embd.weight").value_or(listed))};
  }

  const gguf::File& file_;
  std::string architecture_;
};

// Has the names of a model's weights, and gives none.
class AdapterBinder final : public nn::Weights {
 public:
  explicit AdapterBinder(Adapter& adapter) : adapter_(adapter) {}

 protected:
  void tensor(const std::vector<std::string>&, const ml::Shape&, bool, ml::Tensor&) override {}
  void low_rank(const std::vector<std::string>& names, const ml::Shape& shape,
                nn::LowRank& out) override {
    adapter_.adapt(names[0], shape, out);
  }

 private:
  Adapter& adapter_;
};

void make_and_bind(LoadedModel& loaded) {
  const gguf::File& file = *loaded.file;
  if (file.tensors().empty()) {
    fail(Error::Code::kCorrupt, "has no tensors, expected the weights of a model");
  }
  // A model makes its blocks before it sees a weight: no more of them than there can be.
  const int64_t blocks = loaded.config->dim("block_count", 1);
  if (blocks > static_cast<int64_t>(file.tensors().size())) {
    fail(Error::Code::kCorrupt, loaded.config->architecture(), ".block_count is ", blocks,
         ", but there are only ", file.tensors().size(), " tensors");
  }
  loaded.model = make_model(*loaded.config);
  FileBinder binder(file, loaded.adapters);
  loaded.model->bind(binder);
  loaded.weights = binder.finish();
  log::debug("model: ", file.path(), ", ", loaded.config->architecture(), ", ", blocks, " blocks, ",
             loaded.weights.size(), " weights");
}

}  // namespace

std::vector<const ml::Node*> LoadedModel::weight_list() const {
  std::vector<const ml::Node*> list;
  for (const ml::Node& node : weights) list.push_back(&node);
  for (const Adapter& adapter : adapters) {
    for (const ml::Node& node : adapter.weights()) list.push_back(&node);
  }
  return list;
}

std::unique_ptr<Config> config_of(const gguf::File& file) {
  if (is_adapter(file)) {
    fail(Error::Code::kInvalidArgument, file.path(),
         ": is an adapter, expected a model, which --adapter adds it to");
  }
  return std::make_unique<GgufConfig>(file);
}

bool sees(const gguf::File& file) {
  try {
    return architectures().at(find_model(*config_of(file))).sees;
  } catch (const Error&) {
    return false;
  }
}

LoadedModel load(const std::string& path, std::span<const AdapterChoice> adapters) {
  return load(gguf::File::open(path), adapters);
}

LoadedModel load(std::unique_ptr<gguf::File> file, std::span<const AdapterChoice> adapters) {
  LoadedModel loaded;
  loaded.file = std::move(file);
  const std::string& path = loaded.file->path();
  about_file(path, [&] { loaded.config = config_of(*loaded.file); });
  for (const auto& [adapter, scale] : adapters) {
    loaded.adapters.emplace_back(gguf::File::open(adapter), scale, loaded.config->architecture());
  }
  about_file(path, [&] { make_and_bind(loaded); });
  for (Adapter& adapter : loaded.adapters) adapter.finish();
  return loaded;
}

void check_adapter(const gguf::File& model, std::unique_ptr<gguf::File> adapter) {
  const auto config = config_of(model);
  Adapter checked(std::move(adapter), 1, config->architecture());
  AdapterBinder binder(checked);
  make_model(*config)->bind(binder);
  checked.finish();
}

}  // namespace cria::model
