#pragma once
// Text files, a line at a time.

#include <algorithm>
#include <string>
#include <string_view>

#include "base/mapped_file.h"

namespace cria::convert {

// Without what ends lines, be it of Unix or of Windows.
template <class Function>
void for_each_line(const std::string& path, const Function& function) {
  const MappedFile file(path);
  std::string_view rest(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    function(std::string(line));
  }
}

}  // namespace cria::convert
