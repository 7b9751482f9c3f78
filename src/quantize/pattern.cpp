#include "quantize/pattern.h"

#include "base/wildcards.h"

namespace cria::quantize {

bool fits(std::string_view pattern, std::string_view name) {
  constexpr std::string_view kEnding = ".weight";
  if (fits_wildcards(pattern, name)) return true;
  return name.ends_with(kEnding) &&
         fits_wildcards(pattern, name.substr(0, name.size() - kEnding.size()));
}

}  // namespace cria::quantize
