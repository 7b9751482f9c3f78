#include "convert/sentence_transformers.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/quote.h"

namespace cria::convert {
namespace {

using Code = Error::Code;

// A field of each kind of pooling, and the name that newer files have for it. Numbers are GGUF's;
// 0: it has none.
struct Kind {
  const char *field, *name;
  uint32_t number;
};
constexpr Kind kKinds[] = {{"pooling_mode_mean_tokens", "mean", 1},
                           {"pooling_mode_cls_token", "cls", 2},
                           {"pooling_mode_lasttoken", "lasttoken", 3},
                           {"pooling_mode_max_tokens", "max", 0},
                           {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens", 0},
                           {"pooling_mode_weightedmean_tokens", "weightedmean", 0}};

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

uint32_t read_pooling(const Config& pooling) {
  const std::string named = pooling.text("pooling_mode", "");
  std::vector<Kind> chosen;  // which are put one behind the other
  for (const Kind& kind : kKinds) {
    const bool is_chosen = named.empty() ? pooling.flag(kind.field, false) : named == kind.name;
    if (is_chosen) chosen.push_back(kind);
  }
  if (chosen.size() == 1 && chosen[0].number != 0) return chosen[0].number;
  std::string names = chosen.empty() ? named : "";
  for (const Kind& kind : chosen) names += concat(names.empty() ? "" : " and ", kind.name);
  fail(Code::kUnsupported, pooling.name(), ": the pooling is ", quote(names),
       ", expected one of mean, cls and lasttoken");
}

}  // namespace

void write_pooling(Conversion& conversion, const Folder& folder) {
  if (!folder.has("modules.json")) return;
  const std::string path = folder.file("modules.json");
  bool normalizes = false;
  for (const Json& module : read_json_array(path)) {
    if (!module.is_object()) {
      fail(Code::kCorrupt, path, ": has ", describe(module), ", expected objects");
    }
    // "sentence_transformers.models.Pooling"
    const std::string type = text(module, "type");
    const std::string kind = type.substr(type.rfind('.') + 1);
    if (kind == "Pooling") {
      const std::string config = folder.file(text(module, "path") + "/config.json");
      conversion.set("pooling_type", read_pooling(read_config(config)));
    } else if (kind == "Normalize") {
      normalizes = true;
    } else if (kind != "Transformer") {
      fail(Code::kUnsupported, path, ": has the module ", quote(type),
           ", expected Transformer, Pooling and Normalize");
    }
  }
  conversion.set("normalize_embeddings", normalizes);
}

}  // namespace cria::convert
