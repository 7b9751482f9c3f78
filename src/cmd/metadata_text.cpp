#include "cmd/metadata_text.h"

#include <algorithm>
#include <type_traits>

#include "base/error.h"
#include "cmd/format.h"

namespace cria::cmd {
namespace {

std::string text_of(bool value) { return value ? "true" : "false"; }
std::string text_of(int64_t value) { return std::to_string(value); }
std::string text_of(uint64_t value) { return std::to_string(value); }
std::string text_of(double value) { return concat(value); }
std::string text_of(const std::string& value) {
  constexpr size_t kMost = 200;
  return concat('"', abbreviate(escape(value), kMost), '"');
}

template <class T>
std::string text_of(const std::vector<T>& values) {
  constexpr size_t kMost = 6;
  std::string text = "[";
  for (size_t i = 0; i < std::min(values.size(), kMost); ++i) {
    if (i > 0) text += ", ";
    text += text_of(static_cast<const T&>(values[i]));
  }
  if (values.size() > kMost) text += concat(", ... (", values.size(), " in all)");
  return text + "]";
}

}  // namespace

std::string metadata_text(const gguf::Value& value) {
  return std::visit([](const auto& held) { return text_of(held); }, value);
}

std::string shape_text(std::span<const int64_t> shape) {
  std::string text;
  for (const int64_t dim : shape) append_item(text, ", ", std::to_string(dim));
  return concat('[', text, ']');
}

}  // namespace cria::cmd
