#include "model/model.h"

#include "base/error.h"

namespace cria::model {

std::map<std::string_view, Factory>& architectures() {
  static std::map<std::string_view, Factory> map;
  return map;
}

std::unique_ptr<Model> make_model(const Config& config) {
  const auto found = architectures().find(config.architecture());
  if (found != architectures().end()) return found->second(config);
  std::string known;
  for (const auto& [name, factory] : architectures()) known += concat(" ", name);
  fail(Error::Code::kUnsupported, "architecture \"", config.architecture(),
       "\" is not supported, expected one of:", known);
}

}  // namespace cria::model
