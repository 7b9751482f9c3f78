#include "create/create.h"

#include <algorithm>
#include <optional>

#include "base/error.h"
#include "create/layers.h"
#include "create/source.h"
#include "create/weights.h"
#include "fs/gguf/gguf.h"
#include "model/loading.h"
#include "registry/layer_json.h"
#include "template/go/chat_template.h"
#include "template/reply/reply_format.h"

namespace cria::create {
namespace {

using namespace registry;  // NOLINT: this is about its layers, from the first line to the last

constexpr const char* kProjector = "clip";  // general.architecture of projectors' files

std::string kind_of(const gguf::File& file) {
  if (file.text("general.type").value_or("") == "adapter") return std::string(kAdapterLayer);
  const bool projector = file.text("general.architecture").value_or("") == kProjector;
  return std::string(projector ? kProjectorLayer : kModelLayer);
}

class Creation {
 public:
  Creation(const Store& store, const modelfile::Modelfile& recipe, const Options& options)
      : store_(store),
        recipe_(recipe),
        options_(options),
        weights_(store, options),
        layers_(store, options.status) {}

  Manifest run() {
    check_template();
    if (!recipe_.parser.empty()) chat::ReplyFormat::named(recipe_.parser);
    if (options_.base) take_model(*options_.base);
    for (const std::string& from : recipe_.from) take_from(from);
    const size_t models = layers_.files(kModelLayer).size();
    if (models != 1) {
      fail(Error::Code::kInvalidArgument, "FROM names ", models,
           " models, expected one, and projectors");
    }
    for (const std::string& draft : recipe_.drafts) take_draft(draft);
    for (const std::string& adapter : recipe_.adapters) take_adapter(adapter);
    check_weights();
    tell_of_renderer();
    take_texts();
    return layers_.manifest(config());
  }

 private:
  void take_from(const std::string& from) {
    const Source source = find_source(from, options_.folder, store_);
    if (source.model) return take_model(*source.model);
    if (!source.checkpoint.empty()) {
      checkpoint_ = source.checkpoint;
      return layers_.add(kModelLayer, weights_.of_checkpoint(checkpoint_, options_.quantize));
    }
    for (const std::string& file : source.files) take_file(file);
  }

  void take_file(const std::string& path) {
    const std::string kind = kind_of(*gguf::File::open(path));
    if (kind == kAdapterLayer) {
      fail(Error::Code::kInvalidArgument, path,
           ": is an adapter: name it with ADAPTER, and its model with FROM");
    }
    const bool model = kind == kModelLayer;
    layers_.add(kind, weights_.of_file(path, model ? options_.quantize : ""));
  }

  void take_model(const Model& model) {
    inherited_ = model.config();
    parameters_ = model.parameters();
    const std::string file = model.file();
    for (const std::string_view kind : {kProjectorLayer, kAdapterLayer}) model.files(kind);
    layers_.inherit(model);
    if (options_.quantize.empty()) return;
    const Blob blob = weights_.of_file(file, options_.quantize);
    if (store_.blobs().path(blob.hex) == file) return;
    layers_.remove(kModelLayer);
    layers_.add(kModelLayer, blob);
    inherited_->parameter_size.clear();  // told anew
  }

  void take_draft(const std::string& draft) {
    const Source source = find_source(draft, options_.folder, store_);
    if (source.checkpoint.empty() && source.files.size() > 1) {
      fail(Error::Code::kInvalidArgument, "DRAFT ", draft, ": holds several models, expected one");
    }
    const std::string& preset = options_.draft_quantize;
    layers_.add(
        kDraftLayer,
        !source.checkpoint.empty()
            ? weights_.of_checkpoint(source.checkpoint, preset)
            : weights_.of_file(source.model ? source.model->file() : source.files.front(), preset));
  }

  void take_adapter(const std::string& adapter) {
    const Source source = find_adapter(adapter, options_.folder);
    if (!source.checkpoint.empty()) return layers_.add(kAdapterLayer, converted(source.checkpoint));
    for (const std::string& file : source.files) {
      if (kind_of(*gguf::File::open(file)) != kAdapterLayer) {
        fail(Error::Code::kInvalidArgument, file, ": is no adapter, as ADAPTER expects");
      }
      layers_.add(kAdapterLayer, weights_.of_file(file, ""));
    }
  }

  // A PEFT adapter needs the config.json of its model's checkpoint.
  Blob converted(const std::string& adapter) {
    try {
      return weights_.of_adapter(adapter, checkpoint_);
    } catch (const Error& error) {
      if (!checkpoint_.empty() || error.code() != Error::Code::kNotFound) throw;
      fail(error.code(), error.what(),
           "; or let cria convert make a .gguf file of it, for ADAPTER");
    }
  }

  // A model that does not run here can still be stored; an adapter of another model is a mistake.
  void check_weights() {
    const std::string path = layers_.files(kModelLayer).front();
    for (const std::string& adapter : layers_.files(kAdapterLayer)) {
      model::check_adapter(*gguf::File::open(path), gguf::File::open(adapter));
    }
    try {
      model::load(path);
    } catch (const Error& error) {
      if (options_.notice) options_.notice(concat("the model cannot run here: ", error.what()));
    }
  }

  // One that cannot be parsed would fail each request.
  void check_template() const {
    const std::string text = recipe_.chat_template.value_or("");
    if (!text.empty()) go::ChatTemplate("template", text);
  }

  // Nobody has one here, but files of such models often have a template that does the same.
  void tell_of_renderer() const {
    if (recipe_.renderer.empty() || !options_.notice) return;
    const auto file = gguf::File::open(layers_.files(kModelLayer).front());
    const bool has_template = file->text("tokenizer.chat_template").value_or("") != "";
    options_.notice(concat("RENDERER ", recipe_.renderer, " is not known here: ",
                           has_template ? "prompts are made by the template of the model's file"
                                        : "the model's file has no template either, so that the "
                                          "model cannot chat here"));
  }

  void take_texts() {
    if (recipe_.chat_template) layers_.replace(kTemplateLayer, *recipe_.chat_template);
    if (recipe_.system) layers_.replace(kSystemLayer, *recipe_.system);
    for (const std::string& license : recipe_.licenses) layers_.add(kLicenseLayer, license);
    for (const auto& [name, value] : recipe_.parameters) parameters_[name] = value;
    if (!recipe_.parameters.empty()) {
      layers_.replace(kParametersLayer, parameters_json(parameters_));
    }
    if (!recipe_.messages.empty()) {
      layers_.replace(kMessagesLayer, messages_json(recipe_.messages));
    }
  }

  ModelConfig config() const {
    const auto told = [&] {
      return describe(*gguf::File::open(layers_.files(kModelLayer).front()));
    };
    ModelConfig config = inherited_ ? *inherited_ : told();
    if (config.parameter_size.empty()) {
      const ModelConfig now = told();
      config.parameter_size = now.parameter_size;
      config.quantization = now.quantization;
    }
    const bool sees = !layers_.files(kProjectorLayer).empty();
    if (sees && std::ranges::find(config.families, kProjector) == config.families.end()) {
      config.families.emplace_back(kProjector);
    }
    if (!recipe_.renderer.empty()) config.renderer = recipe_.renderer;
    if (!recipe_.parser.empty()) config.parser = recipe_.parser;
    if (!recipe_.required.empty()) config.required = recipe_.required;
    return config;
  }

  const Store& store_;
  const modelfile::Modelfile& recipe_;
  const Options& options_;
  Weights weights_;
  Layers layers_;
  std::string checkpoint_;  // folder that the weights come from
  std::optional<ModelConfig> inherited_;
  modelfile::Parameters parameters_;
};

}  // namespace

void create(const Store& store, const Name& name, const modelfile::Modelfile& recipe,
            const Options& options) {
  const auto tell = [&](const char* status) {
    if (options.status) options.status(status);
  };
  std::optional<Manifest> replaced;
  {
    const StoreLock lock = store.share();
    const Manifest manifest = Creation(store, recipe, options).run();
    tell("writing manifest");
    replaced = store.write(name, manifest);
  }
  if (replaced) store.discard(*replaced);
  tell("success");
}

}  // namespace cria::create
