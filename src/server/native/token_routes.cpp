#include <list>
#include <mutex>
#include <nlohmann/json.hpp>

#include "base/about_file.h"
#include "base/error.h"
#include "server/native/read.h"
#include "server/native/routes.h"
#include "server/requests/native_fields.h"
#include "server/requests/option_fields.h"
#include "server/respond.h"

namespace cria::server::native {
namespace {

using Json = nlohmann::ordered_json;
using Tokenizer = std::shared_ptr<const tokenizer::Tokenizer>;

// Of models that were asked for last: they need not be in memory for this.
class Tokenizers {
 public:
  explicit Tokenizers(const Models& models) : models_(models) {}

  Tokenizer of(const std::string& name) {
    const registry::Model stored = models_.open(name);
    const std::string id = stored.id();
    const std::lock_guard lock(mutex_);
    const auto known = std::ranges::find(recent_, id, &Entry::first);
    if (known != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, known);
      return known->second;
    }
    const std::string path = stored.file();
    Tokenizer made = about_file(path, [&] {
      const auto file = gguf::File::open(path);
      return Tokenizer(tokenizer::make_tokenizer(tokenizer::Vocabulary::from(*file)));
    });
    recent_.emplace_front(id, made);
    if (recent_.size() > kMost) recent_.pop_back();
    return made;
  }

 private:
  static constexpr size_t kMost = 4;
  using Entry = std::pair<std::string, Tokenizer>;
  const Models& models_;
  std::mutex mutex_;
  std::list<Entry> recent_;
};

void respond_warned(Call& call, const Fields& fields, Json json) {
  std::vector<std::string> warnings;
  read_keep_alive(fields);
  Options options;
  read_options(fields, options, warnings);
  warn_of_unread(warnings, fields);
  if (!warnings.empty()) json["warnings"] = warnings;
  respond(call, json);
}

// {model, text, special?} -> {model, tokens}
void tokenize(Tokenizers& tokenizers, Call& call) {
  const Json json = Fields::parse(call.request.body);
  const Fields fields(json, "");
  const std::string model = fields.needed_text("model");
  const std::string text = fields.text(fields.has("text") ? "text" : "prompt");
  const bool special = fields.flag("special", false);
  respond_warned(call, fields,
                 {{"model", model}, {"tokens", tokenizers.of(model)->encode(text, special)}});
}

// {model, tokens, special?} -> {model, text}
void detokenize(Tokenizers& tokenizers, Call& call) {
  const Json json = Fields::parse(call.request.body);
  const Fields fields(json, "");
  const std::string model = fields.needed_text("model");
  const bool special = fields.flag("special", true);
  std::vector<tokenizer::Id> ids;
  if (const Json* tokens = fields.array("tokens")) {
    for (const Json& id : *tokens) {
      const bool fits = id.is_number_integer() && id >= 0 && id <= INT32_MAX;
      if (!fits) fields.refuse("tokens", "ids of tokens");
      ids.push_back(id.get<tokenizer::Id>());
    }
  }
  respond_warned(call, fields,
                 {{"model", model}, {"text", tokenizers.of(model)->decode(ids, special)}});
}

}  // namespace

std::vector<Route> token_routes(const Models& models) {
  const auto tokenizers = std::make_shared<Tokenizers>(models);
  return {
      {"POST", "/api/tokenize", Scope::kInference,
       [tokenizers](Call& call) { tokenize(*tokenizers, call); }},
      {"POST", "/api/detokenize", Scope::kInference,
       [tokenizers](Call& call) { detokenize(*tokenizers, call); }},
  };
}

}  // namespace cria::server::native
