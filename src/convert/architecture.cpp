#include "convert/architecture.h"

#include "base/quote.h"

namespace cria::convert {

std::map<std::string_view, Converter>& converters() {
  static std::map<std::string_view, Converter> all;
  return all;
}

Converter find_converter(const Config& config) {
  const std::vector<std::string> classes = config.texts("architectures");
  if (classes.empty()) {
    fail(Error::Code::kNotFound, config.name(),
         ": architectures is absent, expected the class of the model");
  }
  const auto found = converters().find(classes.front());
  if (found != converters().end()) return found->second;
  std::string known;
  for (const auto& [name, converter] : converters()) {
    known += concat(known.empty() ? "" : ", ", name);
  }
  config.unsupported("architectures", "is ", quote(classes.front()), ", expected one of ", known);
}

}  // namespace cria::convert
