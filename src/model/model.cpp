#include "model/model.h"

#include <set>

#include "base/error.h"

namespace cria::model {
namespace {

// Those of Ollama's own converter, in place of which others write another one.
std::string usual_name(const std::string& architecture) {
  if (architecture == "gptoss") return "gpt-oss";
  if (architecture == "olmo3") return "olmo2";
  return architecture;
}

}  // namespace

std::map<std::string_view, Registered>& architectures() {
  static std::map<std::string_view, Registered> map;
  return map;
}

std::string_view find_model(const Config& config) {
  const std::string architecture = usual_name(config.architecture());
  std::string_view found;
  for (const auto& [name, model] : architectures()) {
    if (model.architecture != architecture) continue;
    const bool any = model.key.empty();
    if (any ? found.empty() : config.has(model.key) && config.count(model.key) != 0) found = name;
  }
  if (!found.empty()) return found;
  std::set<std::string_view> known;
  for (const auto& [name, model] : architectures()) known.insert(model.architecture);
  std::string list;
  for (const std::string_view name : known) list += concat(" ", name);
  fail(Error::Code::kUnsupported, "architecture \"", config.architecture(),
       "\" is not supported, expected one of:", list);
}

std::unique_ptr<Model> make_model(const Config& config) {
  return architectures().at(find_model(config)).make(config);
}

}  // namespace cria::model
