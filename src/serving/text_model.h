#pragma once
// A model that writes: its file, tokenizer and chat template, and an engine that runs it.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/loading.h"
#include "runner/engine.h"
#include "serving/compute.h"
#include "serving/kept_prefixes.h"
#include "template/find.h"
#include "tokenizer/tokenizer.h"

namespace cria::serving {

// How much a model can do at once.
struct EngineSize {
  int64_t context = 4096;      // tokens of one answer with what is before it
  int64_t sequences = 1;       // answers at once
  int64_t tokens = 0;          // that are kept for all of them, and for those to come; 0: a context
  int64_t most_waiting = 512;  // answers that have not begun
};

// As an executor has to be made for it.
model::ExecutorOptions executor_options(const ComputeOptions& compute, const EngineSize& size);

class TextModel {
 public:
  // Unsupported: the model reads texts and writes none.
  // `renderer` is the name of one that nobody has here: prompts are made by the file's own
  // template, or not at all.
  TextModel(model::LoadedModel loaded, const std::optional<std::string>& go_template,
            const std::string& renderer = "");
  ~TextModel();

  // Engines to come begin with what was kept, and what they know is kept when they end. `weights`
  // names what the model is made of.
  void keep_prefixes(KeptPrefixes kept, std::string weights);

  const model::LoadedModel& loaded() const { return loaded_; }
  const gguf::File& file() const { return *loaded_.file; }
  const tokenizer::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::Vision* vision() const { return loaded_.model->vision(); }  // null: it can not see
  // Null when there is none that can be used; `template_problem` says why.
  const chat::ChatTemplate* chat_template() const { return template_.chat_template.get(); }
  const std::string& template_problem() const { return template_.problem; }
  // Neither one that can be used nor another.
  bool lacks_template() const { return lacks_template_; }
  int64_t largest_context() const;  // that it was made for; 0: its file does not say

  // Makes the engine, in the place of the one there was: two at once might not fit into memory.
  void start(const ComputeOptions& compute, const EngineSize& size,
             const model::Executor::Progress& progress = {});
  runner::Engine& engine() const { return *engine_; }
  model::Executor& executor() const { return *executor_; }
  const EngineSize& size() const { return size_; }

  // The text of the token that stands for a picture.
  const std::string& picture_token() const;
  // Both start with BOS where the vocabulary wants it. An empty text becomes BOS alone.
  std::vector<tokenizer::Id> ids_of(std::span<const chat::Part> parts) const;
  // A message that is continued: pictures come before BOS, as models were taught that have no
  // template; its content may hold special tokens if `special`.
  std::vector<tokenizer::Id> plain_prompt(const chat::Message& message, bool special) const;

 private:
  void stop();

  struct Keeping {
    KeptPrefixes where;
    std::string weights;
  };

  model::LoadedModel loaded_;
  std::unique_ptr<tokenizer::Tokenizer> tokenizer_;
  chat::FoundTemplate template_;
  bool lacks_template_;
  std::optional<Keeping> keeping_ = {};
  EngineSize size_;
  std::unique_ptr<model::Executor> executor_;
  std::unique_ptr<runner::Engine> engine_;  // last: it uses the others
};

// What a model was made for; 0 when its file does not say.
int64_t context_length(const model::LoadedModel& loaded);

}  // namespace cria::serving
