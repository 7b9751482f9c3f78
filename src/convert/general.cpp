#include "convert/general.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace cria::convert {
namespace {

// "6.7B", "135M", "260K": two digits or three.
std::string size_label(int64_t parameters) {
  constexpr std::array<std::pair<double, char>, 4> kUnits{
      {{1e12, 'T'}, {1e9, 'B'}, {1e6, 'M'}, {1e3, 'K'}}};
  const auto count = static_cast<double>(parameters);
  for (const auto& [unit, letter] : kUnits) {
    if (count < unit) continue;
    const double rounded = std::round(count / unit * 10) / 10;
    return rounded < 10 ? concat(rounded, letter) : concat(std::round(count / unit), letter);
  }
  return concat(parameters);
}

std::string base_name(const std::string& folder) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::canonical(folder, error);
  return path.filename().string();
}

uint32_t file_type(OutputType type) {
  switch (type) {
    case OutputType::kF32:
      return 0;
    case OutputType::kF16:
      return 1;
    case OutputType::kBf16:
      return 32;
    default:
      return 38;  // mostly MXFP4
  }
}

}  // namespace

void write_general(gguf::Writer& file, const Conversion& conversion, const Folder& folder) {
  if (const std::string name = base_name(folder.path()); !name.empty()) {
    file.metadata("general.name", name);
  }
  file.metadata("general.size_label", size_label(conversion.parameters()));
  file.metadata("general.parameter_count", static_cast<uint64_t>(conversion.parameters()));
  file.metadata("general.file_type", file_type(conversion.main_type()));
  file.metadata("general.quantization_version", uint32_t{2});
}

void tell_unread(const Config& config, const Options& options) {
  std::string list;
  for (const std::string& key : config.unread()) list += (list.empty() ? "" : ", ") + key;
  if (!list.empty())
    options.notice(config.name() + ": has unknown fields, which are ignored: " + list);
}

}  // namespace cria::convert
